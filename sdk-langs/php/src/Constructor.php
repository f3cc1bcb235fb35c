<?php

declare(strict_types=1);

namespace DelChain;

/** Marks the method that runs once, with the constructor's arguments, when the contract is deployed. Wasm tier only. */
#[\Attribute(\Attribute::TARGET_METHOD)]
final class Constructor
{
}
