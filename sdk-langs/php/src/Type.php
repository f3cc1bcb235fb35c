<?php

declare(strict_types=1);

namespace DelChain;

/**
 * Says a parameter's ABI type where PHP's own type does not: `#[Type('int64[]')] array $amounts`. Arrays are lists,
 * structs lists of their fields, integers `U256` or `I256` numbers (`int` where the parameter itself is one), `bytesN`
 * and `bytes` strings. `#[Type('…')]` stands over a parameter; over a method, `Returns` says the results.
 */
#[\Attribute(\Attribute::TARGET_PARAMETER)]
final class Type
{
    public function __construct(public readonly string $type)
    {
    }
}
