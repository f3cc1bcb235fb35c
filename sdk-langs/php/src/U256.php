<?php

declare(strict_types=1);

namespace DelChain;

use GMP;

/** 256-bit unsigned integers are GMP numbers; what must not pass their bounds goes through here. */
final class U256
{
    /** Solidity's panic code for arithmetic beyond the type's bounds. */
    public const PANIC_OVERFLOW = 0x11;
    private const PANIC_DIVISION = 0x12;

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

    /** Reverts with `Panic(0x12)` for a division by zero. */
    public static function div(GMP $left, GMP $right): GMP
    {
        return gmp_div_q($left, self::divisor($right));
    }

    public static function mod(GMP $left, GMP $right): GMP
    {
        return gmp_mod($left, self::divisor($right));
    }

    public static function divisor(GMP $value): GMP
    {
        return gmp_sign($value) === 0 ? throw Revert::panic(self::PANIC_DIVISION) : $value;
    }

    /** Reverts with `Panic(0x11)` unless 0 <= value < 2^bits. */
    public static function checked(GMP $value, int $bits = 256): GMP
    {
        $limit = $bits === 256 ? self::limit() : gmp_pow(2, $bits);
        if (gmp_sign($value) < 0 || gmp_cmp($value, $limit) >= 0) {
            throw Revert::panic(self::PANIC_OVERFLOW);
        }
        return $value;
    }

    /** 32 bytes, most significant first. */
    public static function toWord(GMP $value): string
    {
        return str_pad(gmp_export(self::checked($value)), 32, "\0", STR_PAD_LEFT);
    }

    public static function fromWord(string $word): GMP
    {
        return gmp_import($word);
    }

    private static function limit(): GMP
    {
        static $limit = null;
        return $limit ??= gmp_pow(2, 256);
    }
}
