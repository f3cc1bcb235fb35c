<?php

declare(strict_types=1);

namespace DelChain;

/** A `mapping(address => uint256)` at a slot: an entry lies at keccak256(key . slot), as in Solidity. */
final class Mapping
{
    private readonly string $slot;

    public function __construct(private readonly Contract $contract, int $slot)
    {
        $this->slot = U256::of($slot)->word();
    }

    public function get(Address $key): U256
    {
        return U256::fromWord($this->contract->host()->storageGet($this->slotOf($key)));
    }

    public function set(Address $key, U256 $value): void
    {
        $this->contract->host()->storagePut($this->slotOf($key), $value->word());
    }

    private function slotOf(Address $key): string
    {
        return Keccak::hash($key->word() . $this->slot);
    }
}
