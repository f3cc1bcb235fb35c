<?php

declare(strict_types=1);

namespace DelChain;

/** A `uint256` in storage, where Solidity keeps a state variable at this slot. */
final class Value
{
    private readonly string $slot;

    public function __construct(private readonly Contract $contract, int $slot)
    {
        $this->slot = U256::of($slot)->word();
    }

    public function get(): U256
    {
        return U256::fromWord($this->contract->host()->storageGet($this->slot));
    }

    public function set(U256 $value): void
    {
        $this->contract->host()->storagePut($this->slot, $value->word());
    }
}
