<?php

declare(strict_types=1);

namespace DelChain;

/**
 * A number of 256 bits. It never changes: arithmetic gives a new one of the left number's class, and panics like
 * Solidity's beyond its bounds. PHP's own `==`, `<`, `>=` and `<=>` compare two of one class by value.
 */
abstract class Integer
{
    /** Solidity's panic codes. */
    private const PANIC_OVERFLOW = 0x11;
    private const PANIC_DIVISION = 0x12;
    private const LIMB_BITS = 32;
    private const LIMB_MASK = 0xffffffff;
    private const LIMBS = 8;
    private const LIMB_BASE = '4294967296';
    private const ZERO = [0, 0, 0, 0, 0, 0, 0, 0];

    /** Bounds of the first limb, which has the sign. */
    protected const TOP_MIN = 0;
    protected const TOP_MAX = 0;

    /**
     * PHP compares the properties of two objects, and two lists number by number: strings would be taken for decimal
     * numbers where they look like some.
     *
     * @param list<int> $limbs eight of 32 bits, the most significant first
     */
    final private function __construct(private readonly array $limbs)
    {
    }

    /** From a number, another class's number, or decimal digits. Panics beyond the bounds. */
    final public static function of(int|string|self $value): static
    {
        if ($value instanceof self) {
            return $value instanceof static ? $value : static::within($value->limbs);
        }
        if (is_int($value)) {
            $sign = $value >> (self::LIMB_BITS + self::LIMB_BITS - 1);
            $fill = $sign & self::LIMB_MASK;
            $high = $value >> self::LIMB_BITS & self::LIMB_MASK;
            return static::within([$sign, $fill, $fill, $fill, $fill, $fill, $high, $value & self::LIMB_MASK]);
        }
        if (preg_match('/^-?[0-9]+$/D', $value) !== 1) {
            throw new \InvalidArgumentException("\"$value\" is no decimal number");
        }
        return static::ofDecimal($value);
    }

    final public static function zero(): static
    {
        return new static(self::ZERO);
    }

    /** From 32 bytes, most significant first; fewer are the lower ones. */
    final public static function fromWord(string $word): static
    {
        $limbs = array_values(unpack('N8', str_pad($word, 32, "\0", STR_PAD_LEFT)));
        if ($limbs[0] > static::TOP_MAX) {
            $limbs[0] -= 1 << self::LIMB_BITS;
        }
        return new static($limbs);
    }

    /** 32 bytes, most significant first, in two's complement. */
    final public function word(): string
    {
        return pack('N8', ...$this->limbs);
    }

    final public function add(int|self $other): static
    {
        return $this->sum(is_int($other) ? I256::of($other) : $other, 1);
    }

    final public function sub(int|self $other): static
    {
        return $this->sum(is_int($other) ? I256::of($other) : $other, -1);
    }

    final public function mul(int|self $other): static
    {
        return static::ofDecimal(bcmul((string) $this, (string) $other, 0));
    }

    /** Rounds towards zero; panics for a division by zero. */
    final public function div(int|self $other): static
    {
        return static::ofDecimal(bcdiv((string) $this, self::divisor($other), 0));
    }

    /** The sign is this number's; panics for a division by zero. */
    final public function mod(int|self $other): static
    {
        return static::ofDecimal(bcmod((string) $this, self::divisor($other), 0));
    }

    final public function isZero(): bool
    {
        return $this->limbs === self::ZERO;
    }

    /** As PHP's own number; null for one that PHP does not hold. */
    final public function asInt(): ?int
    {
        $value = $this->limbs[6] << self::LIMB_BITS | $this->limbs[7];
        return I256::of($value)->limbs === $this->limbs ? $value : null;
    }

    /** As PHP's own number; panics for one that PHP does not hold. */
    final public function toInt(): int
    {
        return $this->asInt() ?? throw Revert::panic(self::PANIC_OVERFLOW);
    }

    /** The same number, or a panic where it does not fit so many bits. */
    final public function fit(int $bits): static
    {
        $bytes = 32 - intdiv($bits, 8);
        $word = $this->word();
        $isNegative = static::TOP_MIN < 0 && $bytes < 32 && ord($word[$bytes]) >= 128;
        return strspn($word, $isNegative ? "\xff" : "\0", 0, $bytes) === $bytes
            ? $this
            : throw Revert::panic(self::PANIC_OVERFLOW);
    }

    /** In decimal digits. */
    final public function __toString(): string
    {
        $decimal = '0';
        foreach ($this->limbs as $limb) {
            $decimal = bcadd(bcmul($decimal, self::LIMB_BASE, 0), (string) $limb, 0);
        }
        return $decimal;
    }

    /** Carries are signed, so one loop adds and subtracts. */
    private function sum(self $other, int $sign): static
    {
        $limbs = self::ZERO;
        $carry = 0;
        for ($index = self::LIMBS - 1; $index > 0; $index--) {
            $limb = $this->limbs[$index] + $sign * $other->limbs[$index] + $carry;
            $limbs[$index] = $limb & self::LIMB_MASK;
            $carry = $limb >> self::LIMB_BITS;
        }
        $limbs[0] = $this->limbs[0] + $sign * $other->limbs[0] + $carry;
        return static::within($limbs);
    }

    private static function divisor(int|self $value): string
    {
        $decimal = (string) $value;
        return $decimal === '0' ? throw Revert::panic(self::PANIC_DIVISION) : $decimal;
    }

    /** @param list<int> $limbs of which the first may be beyond the bounds */
    private static function within(array $limbs): static
    {
        return $limbs[0] >= static::TOP_MIN && $limbs[0] <= static::TOP_MAX
            ? new static($limbs)
            : throw Revert::panic(self::PANIC_OVERFLOW);
    }

    /** The limbs of a number below zero are those of -1 less the number, inverted. */
    private static function ofDecimal(string $decimal): static
    {
        $isNegative = $decimal[0] === '-';
        $rest = $isNegative ? bcsub('-1', $decimal, 0) : $decimal;
        $limbs = self::ZERO;
        for ($index = self::LIMBS - 1; $index > 0; $index--) {
            $limbs[$index] = (int) bcmod($rest, self::LIMB_BASE, 0) ^ ($isNegative ? self::LIMB_MASK : 0);
            $rest = bcdiv($rest, self::LIMB_BASE, 0);
        }
        $top = strlen($rest) > strlen(self::LIMB_BASE) ? PHP_INT_MAX : (int) $rest;
        $limbs[0] = $isNegative ? ~$top : $top;
        return static::within($limbs);
    }
}
