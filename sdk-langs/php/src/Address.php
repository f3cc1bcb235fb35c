<?php

declare(strict_types=1);

namespace DelChain;

/** An account: 20 bytes. */
final class Address
{
    public function __construct(public readonly string $bytes)
    {
        if (strlen($bytes) !== 20) {
            throw new \InvalidArgumentException('an address has 20 bytes, not ' . strlen($bytes));
        }
    }

    public static function zero(): self
    {
        return new self(str_repeat("\0", 20));
    }

    public function equals(self $other): bool
    {
        return $this->bytes === $other->bytes;
    }

    /** As topics, mapping keys and calldata carry it: the lower 20 of 32 bytes. */
    public function word(): string
    {
        return str_repeat("\0", 12) . $this->bytes;
    }

    public function __toString(): string
    {
        return '0x' . bin2hex($this->bytes);
    }
}
