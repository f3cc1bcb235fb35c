<?php

declare(strict_types=1);

namespace DelChain;

/** Any number of bytes, `bytes` in the ABI; PHP's own `string` is the ABI's text. */
final class Bytes
{
    public function __construct(public readonly string $bytes)
    {
    }

    public function __toString(): string
    {
        return '0x' . bin2hex($this->bytes);
    }
}
