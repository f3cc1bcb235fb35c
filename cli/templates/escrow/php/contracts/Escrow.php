<?php

declare(strict_types=1);

use DelChain\{Address, Constructor, Contract, Event, Layout, NonReentrant, Payable, Revert, Storage, U256, View};

/** Holds what a buyer pays until the goods are there: released to the seller by the buyer, or refunded after the time. */
#[Event('Deposited(address indexed buyer, uint256 amount)')]
#[Event('Released(address indexed seller, uint256 amount)')]
#[Event('Refunded(address indexed buyer, uint256 amount)')]
final class Escrow extends Contract
{
    private readonly Layout $state;

    public function __construct()
    {
        $this->state = new Layout($this, [
            'buyer' => 'address',
            'seller' => 'address',
            'deadline' => 'uint256',
            'amount' => 'uint256',
        ]);
    }

    #[Constructor]
    public function begin(Address $payee, U256 $duration): void
    {
        $this->state->buyer->set($this->sender());
        $this->state->seller->set($payee);
        $this->state->deadline->set($this->call()->timestamp->add($duration));
    }

    #[View]
    public function buyer(): Address
    {
        return $this->state->buyer->get();
    }

    #[View]
    public function seller(): Address
    {
        return $this->state->seller->get();
    }

    #[View]
    public function deadline(): U256
    {
        return $this->state->deadline->get();
    }

    #[View]
    public function amount(): U256
    {
        return $this->state->amount->get();
    }

    #[Payable]
    public function deposit(): void
    {
        $this->requireBuyer();
        $this->require($this->call()->timestamp < $this->deadline(), 'too late');
        $value = $this->call()->value;
        $this->state->amount->set($this->amount()->add($value));
        $this->emit('Deposited(address,uint256)', [$this->sender()], [$value]);
    }

    #[NonReentrant]
    public function release(): void
    {
        $this->requireBuyer();
        $this->emit('Released(address,uint256)', [$this->seller()], [$this->pay($this->state->seller)]);
    }

    #[NonReentrant]
    public function refund(): void
    {
        $this->require($this->call()->timestamp >= $this->deadline(), 'too early');
        $this->emit('Refunded(address,uint256)', [$this->buyer()], [$this->pay($this->state->buyer)]);
    }

    /** What is paid is no longer there before the payee's code runs. */
    private function pay(Storage $payee): U256
    {
        $amount = $this->amount();
        $this->require(!$amount->isZero(), 'nothing is held');
        $this->state->amount->clear();
        try {
            $this->host()->callContract($payee->get(), '', $amount);
        } catch (Revert) {
            throw Revert::because('payment refused');
        }
        return $amount;
    }

    private function requireBuyer(): void
    {
        $this->require($this->sender()->equals($this->buyer()), 'only the buyer');
    }
}
