<?php

declare(strict_types=1);

namespace DelChain;

use GMP;

/** A `mapping(address => uint256)` at a slot: an entry lies at keccak256(key . slot), as in Solidity. */
final class Mapping
{
    private readonly string $slot;

    public function __construct(private readonly Contract $contract, int $slot)
    {
        $this->slot = U256::toWord(gmp_init($slot));
    }

    public function get(Address $key): GMP
    {
        return U256::fromWord($this->contract->host()->storageGet($this->slotOf($key)));
    }

    public function set(Address $key, GMP $value): void
    {
        $this->contract->host()->storagePut($this->slotOf($key), U256::toWord($value));
    }

    private function slotOf(Address $key): string
    {
        return Keccak::hash($key->word() . $this->slot);
    }
}
