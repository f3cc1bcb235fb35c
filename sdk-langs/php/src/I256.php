<?php

declare(strict_types=1);

namespace DelChain;

use GMP;

/** 256-bit signed integers are GMP numbers; what must not pass their bounds goes through here. */
final class I256
{
    public static function add(GMP $left, GMP $right): GMP
    {
        return self::checked($left + $right);
    }

    public static function sub(GMP $left, GMP $right): GMP
    {
        return self::checked($left - $right);
    }

    public static function mul(GMP $left, GMP $right): GMP
    {
        return self::checked($left * $right);
    }

    /** Towards zero; reverts with `Panic(0x12)` for a division by zero. */
    public static function div(GMP $left, GMP $right): GMP
    {
        return self::checked(gmp_div_q($left, U256::divisor($right), GMP_ROUND_ZERO));
    }

    /** The sign is the dividend's. */
    public static function mod(GMP $left, GMP $right): GMP
    {
        return gmp_div_r($left, U256::divisor($right), GMP_ROUND_ZERO);
    }

    /** Reverts with `Panic(0x11)` unless the value fits so many bits in two's complement. */
    public static function checked(GMP $value, int $bits = 256): GMP
    {
        $limit = gmp_pow(2, $bits - 1);
        if (gmp_cmp($value, $limit) >= 0 || gmp_cmp($value, -$limit) < 0) {
            throw Revert::panic(U256::PANIC_OVERFLOW);
        }
        return $value;
    }

    /** 32 bytes in two's complement, most significant first. */
    public static function toWord(GMP $value): string
    {
        $bits = self::checked($value);
        return U256::toWord(gmp_sign($bits) < 0 ? $bits + gmp_pow(2, 256) : $bits);
    }

    public static function fromWord(string $word): GMP
    {
        $value = U256::fromWord($word);
        return ord($word[0]) >= 128 ? $value - gmp_pow(2, 256) : $value;
    }
}
