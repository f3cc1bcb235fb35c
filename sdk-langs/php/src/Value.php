<?php

declare(strict_types=1);

namespace DelChain;

use GMP;

/** A `uint256` in storage, where Solidity keeps a state variable at this slot. */
final class Value
{
    private readonly string $slot;

    public function __construct(private readonly Contract $contract, int $slot)
    {
        $this->slot = U256::toWord(gmp_init($slot));
    }

    public function get(): GMP
    {
        return U256::fromWord($this->contract->host()->storageGet($this->slot));
    }

    public function set(GMP $value): void
    {
        $this->contract->host()->storagePut($this->slot, U256::toWord($value));
    }
}
