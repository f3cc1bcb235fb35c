<?php

declare(strict_types=1);

namespace DelChain;

/** Over a method that may not run again before it has ended, through whichever contract it is called. */
#[\Attribute(\Attribute::TARGET_METHOD)]
final class NonReentrant
{
}
