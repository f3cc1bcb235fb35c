<?php

declare(strict_types=1);

namespace DelChain;

/**
 * An unsigned number of 256 bits, `uint256` in the ABI. It never changes: arithmetic gives a new one, and panics like
 * Solidity's beyond the bounds. PHP's own `==`, `<`, `>=` and `<=>` compare two of them by value.
 */
final class U256
{
    /** Solidity's panic codes. */
    private const PANIC_OVERFLOW = 0x11;
    private const PANIC_DIVISION = 0x12;
    private const LIMB_BITS = 32;
    private const LIMB_MASK = 0xffffffff;
    private const LIMBS = 8;
    private const LIMB_BASE = '4294967296';

    /**
     * PHP compares the properties of two objects, and two lists number by number: strings would be taken for decimal
     * numbers where they look like some.
     *
     * @param list<int> $limbs eight of 32 bits, the most significant first
     */
    private function __construct(private readonly array $limbs)
    {
    }

    /** From a number that is not negative, or from decimal digits. */
    public static function of(int|string $value): self
    {
        if (is_int($value)) {
            return $value < 0
                ? throw Revert::panic(self::PANIC_OVERFLOW)
                : new self([0, 0, 0, 0, 0, 0, $value >> self::LIMB_BITS, $value & self::LIMB_MASK]);
        }
        if (!ctype_digit($value)) {
            throw new \InvalidArgumentException("\"$value\" is no decimal number");
        }
        return self::ofDecimal($value);
    }

    public static function zero(): self
    {
        return self::of(0);
    }

    /** From at most 32 bytes, most significant first. */
    public static function fromWord(string $word): self
    {
        return new self(array_values(unpack('N8', str_pad($word, 32, "\0", STR_PAD_LEFT))));
    }

    /** 32 bytes, most significant first. */
    public function word(): string
    {
        return pack('N8', ...$this->limbs);
    }

    public function add(self $other): self
    {
        $sum = [];
        $carry = 0;
        for ($index = self::LIMBS - 1; $index >= 0; $index--) {
            $limb = $this->limbs[$index] + $other->limbs[$index] + $carry;
            $sum[$index] = $limb & self::LIMB_MASK;
            $carry = $limb >> self::LIMB_BITS;
        }
        return self::within($sum, $carry);
    }

    public function sub(self $other): self
    {
        $difference = [];
        $borrow = 0;
        for ($index = self::LIMBS - 1; $index >= 0; $index--) {
            $limb = $this->limbs[$index] - $other->limbs[$index] - $borrow;
            $difference[$index] = $limb & self::LIMB_MASK;
            $borrow = $limb < 0 ? 1 : 0;
        }
        return self::within($difference, $borrow);
    }

    public function mul(self $other): self
    {
        return self::ofDecimal(bcmul((string) $this, (string) $other, 0));
    }

    /** Rounds down. */
    public function div(self $other): self
    {
        return self::ofDecimal(bcdiv((string) $this, $other->divisor(), 0));
    }

    public function mod(self $other): self
    {
        return self::ofDecimal(bcmod((string) $this, $other->divisor(), 0));
    }

    public function isZero(): bool
    {
        return array_sum($this->limbs) === 0;
    }

    /** Panics above 2^63 - 1, the largest `int`. */
    public function toInt(): int
    {
        if (array_sum(array_slice($this->limbs, 0, 6)) !== 0 || $this->limbs[6] > 0x7fffffff) {
            throw Revert::panic(self::PANIC_OVERFLOW);
        }
        return $this->limbs[6] << self::LIMB_BITS | $this->limbs[7];
    }

    /** In decimal digits. */
    public function __toString(): string
    {
        $decimal = '0';
        foreach ($this->limbs as $limb) {
            $decimal = bcadd(bcmul($decimal, self::LIMB_BASE, 0), (string) $limb, 0);
        }
        return $decimal;
    }

    private function divisor(): string
    {
        return $this->isZero() ? throw Revert::panic(self::PANIC_DIVISION) : (string) $this;
    }

    /** @param array<int, int> $limbs by index, written from the last one */
    private static function within(array $limbs, int $carry): self
    {
        return $carry === 0 ? new self(array_reverse($limbs)) : throw Revert::panic(self::PANIC_OVERFLOW);
    }

    private static function ofDecimal(string $decimal): self
    {
        $limbs = [];
        for ($index = self::LIMBS - 1; $index >= 0; $index--) {
            $limbs[$index] = (int) bcmod($decimal, self::LIMB_BASE, 0);
            $decimal = bcdiv($decimal, self::LIMB_BASE, 0);
        }
        return self::within($limbs, $decimal === '0' ? 0 : 1);
    }
}
