<?php

declare(strict_types=1);

use DelChain\{Address, Constructor, Contract, Layout, Payable, Revert, U256, View};

interface AnyBank
{
    #[Payable]
    public function deposit(): void;

    public function careless(): void;

    public function guarded(): void;

    #[View]
    public function depositOf(Address $who): U256;
}

/** Asks for its money again while it is being paid. */
final class Thief extends Contract
{
    private readonly Layout $state;

    public function __construct()
    {
        $this->state = new Layout($this, ['bank' => 'address', 'isGuarded' => 'bool', 'left' => 'uint8']);
    }

    #[Constructor]
    public function begin(Address $bank): void
    {
        $this->state->bank->set($bank);
    }

    #[Payable]
    public function enter(): void
    {
        $this->at(AnyBank::class, $this->state->bank->get(), $this->call()->value)->deposit();
    }

    public function steal(bool $isGuarded): void
    {
        $this->state->left->set(1);
        $this->state->isGuarded->set($isGuarded);
        $this->take();
    }

    public function receive(): void
    {
        if ($this->state->left->get()->isZero()) {
            return;
        }
        $this->state->left->set(0);
        $this->take();
    }

    #[View]
    public function mine(): U256
    {
        return $this->at(AnyBank::class, $this->state->bank->get())->depositOf($this->call()->contract);
    }

    /** What comes of calling an account without code. */
    public function nobody(Address $nobody): string
    {
        try {
            $this->at(AnyBank::class, $nobody)->deposit();
        } catch (Revert $revert) {
            return 'reverted with ' . strlen($revert->data) . ' bytes';
        }
        return 'went well';
    }

    private function take(): void
    {
        $bank = $this->at(AnyBank::class, $this->state->bank->get());
        $this->state->isGuarded->get() ? $bank->guarded() : $bank->careless();
    }
}
