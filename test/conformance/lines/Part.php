<?php

declare(strict_types=1);

use DelChain\U256;

final class Part
{
    public static function after(int $index): U256
    {
        return U256::of($index + 1);
    }

    public static function ofTen(int $x): int
    {
        return intdiv(10, $x);
    }
}
