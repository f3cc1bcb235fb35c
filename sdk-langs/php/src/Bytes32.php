<?php

declare(strict_types=1);

namespace DelChain;

/** A hash, a storage slot, a topic: 32 bytes. */
final class Bytes32
{
    public function __construct(public readonly string $bytes)
    {
        if (strlen($bytes) !== 32) {
            throw new \InvalidArgumentException('a word has 32 bytes, not ' . strlen($bytes));
        }
    }

    public function __toString(): string
    {
        return '0x' . bin2hex($this->bytes);
    }
}
