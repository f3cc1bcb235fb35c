<?php

declare(strict_types=1);

use DelChain\Address;
use DelChain\Contract;
use DelChain\Mapping;
use DelChain\U256;
use DelChain\Value;

/** The tour's token as a program in a container: Solidity's ABI, storage layout and revert data. */
final class Token extends Contract
{
    private readonly Mapping $balances;
    private readonly Value $supply;

    public function __construct()
    {
        $this->balances = new Mapping($this, slot: 0);
        $this->supply = new Value($this, slot: 1);
    }

    public function mint(Address $to, GMP $amount): void
    {
        $this->supply->set(U256::add($this->supply->get(), $amount));
        $this->credit($to, $amount);
        $this->emit('Transfer(address,address,uint256)', [Address::zero(), $to], [$amount]);
    }

    public function transfer(Address $to, GMP $amount): bool
    {
        $from = $this->sender();
        $have = $this->balances->get($from);
        $this->require($have >= $amount, 'insufficient balance');
        $this->balances->set($from, $have - $amount);
        $this->credit($to, $amount);
        $this->emit('Transfer(address,address,uint256)', [$from, $to], [$amount]);
        return true;
    }

    public function balanceOf(Address $owner): GMP
    {
        return $this->balances->get($owner);
    }

    public function totalSupply(): GMP
    {
        return $this->supply->get();
    }

    private function credit(Address $to, GMP $amount): void
    {
        $this->balances->set($to, U256::add($this->balances->get($to), $amount));
    }
}
