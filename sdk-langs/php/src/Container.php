<?php

declare(strict_types=1);

namespace DelChain;

/** Says that a contract runs in a container, in a project that names no tier. */
#[\Attribute(\Attribute::TARGET_CLASS)]
final class Container
{
}
