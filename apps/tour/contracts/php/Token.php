<?php

declare(strict_types=1);

use DelChain\Address;
use DelChain\Contract;
use DelChain\Event;
use DelChain\Mapping;
use DelChain\U256;
use DelChain\Value;
use DelChain\View;

/** The tour's token, for both tiers that run PHP: Solidity's ABI, storage layout and revert data. */
#[Event('Transfer(address indexed from, address indexed to, uint256 value)')]
final class Token extends Contract
{
    private readonly Mapping $balances;
    private readonly Value $supply;

    public function __construct()
    {
        $this->balances = new Mapping($this, slot: 0);
        $this->supply = new Value($this, slot: 1);
    }

    public function mint(Address $to, U256 $amount): void
    {
        $this->supply->set($this->supply->get()->add($amount));
        $this->credit($to, $amount);
        $this->emit('Transfer(address,address,uint256)', [Address::zero(), $to], [$amount]);
    }

    public function transfer(Address $to, U256 $amount): bool
    {
        $from = $this->sender();
        $have = $this->balances->get($from);
        $this->require($have >= $amount, 'insufficient balance');
        $this->balances->set($from, $have->sub($amount));
        $this->credit($to, $amount);
        $this->emit('Transfer(address,address,uint256)', [$from, $to], [$amount]);
        return true;
    }

    #[View]
    public function balanceOf(Address $owner): U256
    {
        return $this->balances->get($owner);
    }

    #[View]
    public function totalSupply(): U256
    {
        return $this->supply->get();
    }

    private function credit(Address $to, U256 $amount): void
    {
        $this->balances->set($to, $this->balances->get($to)->add($amount));
    }
}
