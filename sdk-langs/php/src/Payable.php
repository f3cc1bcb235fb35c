<?php

declare(strict_types=1);

namespace DelChain;

/** Marks a method, or a constructor of the wasm tier, that takes value; every other one reverts when it gets any. */
#[\Attribute(\Attribute::TARGET_METHOD)]
final class Payable
{
}
