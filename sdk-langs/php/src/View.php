<?php

declare(strict_types=1);

namespace DelChain;

/** Over a method that changes nothing: what it stores, emits or sends reverts. */
#[\Attribute(\Attribute::TARGET_METHOD)]
final class View
{
}
