<?php

declare(strict_types=1);

use DelChain\{Address, Constructor, Contract, Event, Layout, Returns, U256, View};

/** An ERC-20 token. All of it belongs to whoever deploys it. */
#[Event('Transfer(address indexed from, address indexed to, uint256 value)')]
#[Event('Approval(address indexed owner, address indexed spender, uint256 value)')]
final class Token extends Contract
{
    private readonly Layout $state;

    public function __construct()
    {
        $this->state = new Layout($this, [
            'balances' => 'mapping(address => uint256)',
            'allowances' => 'mapping(address => mapping(address => uint256))',
            'supply' => 'uint256',
        ]);
    }

    #[Constructor]
    public function begin(U256 $supply): void
    {
        $this->state->supply->set($supply);
        $this->state->balances->at($this->sender())->set($supply);
        $this->emit('Transfer(address,address,uint256)', [Address::zero(), $this->sender()], [$supply]);
    }

    #[View]
    public function name(): string
    {
        return 'Gold';
    }

    #[View]
    public function symbol(): string
    {
        return 'GLD';
    }

    #[View, Returns('uint8')]
    public function decimals(): int
    {
        return 18;
    }

    #[View]
    public function totalSupply(): U256
    {
        return $this->state->supply->get();
    }

    #[View]
    public function balanceOf(Address $owner): U256
    {
        return $this->state->balances->at($owner)->get();
    }

    #[View]
    public function allowance(Address $owner, Address $spender): U256
    {
        return $this->state->allowances->at($owner)->at($spender)->get();
    }

    public function transfer(Address $to, U256 $amount): bool
    {
        $this->move($this->sender(), $to, $amount);
        return true;
    }

    public function approve(Address $spender, U256 $amount): bool
    {
        $this->state->allowances->at($this->sender())->at($spender)->set($amount);
        $this->emit('Approval(address,address,uint256)', [$this->sender(), $spender], [$amount]);
        return true;
    }

    public function transferFrom(Address $from, Address $to, U256 $amount): bool
    {
        $allowance = $this->state->allowances->at($from)->at($this->sender());
        $allowed = $allowance->get();
        $this->require($allowed >= $amount, 'insufficient allowance');
        $allowance->set($allowed->sub($amount));
        $this->move($from, $to, $amount);
        return true;
    }

    private function move(Address $from, Address $to, U256 $amount): void
    {
        $source = $this->state->balances->at($from);
        $have = $source->get();
        $this->require($have >= $amount, 'insufficient balance');
        $source->set($have->sub($amount));
        $target = $this->state->balances->at($to);
        $target->set($target->get()->add($amount));
        $this->emit('Transfer(address,address,uint256)', [$from, $to], [$amount]);
    }
}
