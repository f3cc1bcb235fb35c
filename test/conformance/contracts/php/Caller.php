<?php

declare(strict_types=1);

use DelChain\{Address, Bytes32, Constructor, Contract, Layout, NonReentrant, Payable, Returns, Revert, Type, U256, View};

/** Caller.sol in PHP. */
final class Caller extends Contract
{
    private readonly Layout $state;

    public function __construct()
    {
        $this->state = new Layout($this, ['owner' => 'address', 'name' => 'string', 'sum' => 'uint256']);
    }

    #[Constructor, Payable]
    public function begin(Address $owner, string $name, #[Type('uint256[]')] array $values): void
    {
        $this->state->owner->set($owner);
        $this->state->name->set($name);
        $sum = U256::zero();
        foreach ($values as $value) {
            $sum = $sum->add($value);
        }
        $this->state->sum->set($sum);
    }

    #[Payable]
    public function forward(Address $target, U256 $amount): U256
    {
        return $this->at(Counter::class, $target, $this->call()->value)->add($amount);
    }

    #[Returns('bool', 'bytes')]
    public function attempt(Address $target, string $reason): array
    {
        try {
            return [true, $this->at(Counter::class, $target)->refuse($reason)];
        } catch (Revert $revert) {
            return [false, $revert->data];
        }
    }

    #[View]
    public function peek(Address $target): U256
    {
        return $this->at(Counter::class, $target)->get();
    }

    #[Returns('address', 'address')]
    public function make(#[Type('bytes')] string $code, Bytes32 $salt): array
    {
        try {
            return [$this->host()->create($code), $this->host()->create($code, null, $salt->bytes)];
        } catch (Revert) {
            throw Revert::because('not created');
        }
    }

    #[NonReentrant]
    public function guarded(Address $target, #[Type('bytes')] string $data): void
    {
        $this->at(Counter::class, $target)->echo($data);
    }

    #[View, Returns('address', 'string', 'uint256')]
    public function summary(): array
    {
        return [$this->state->owner->get(), $this->state->name->get(), $this->state->sum->get()];
    }

    public function receive(): void
    {
        $this->emit('Received(address indexed,uint256)', [$this->sender()], [$this->call()->value]);
    }

    public function fallback(string $input): string
    {
        if (!$this->call()->value->isZero()) {
            throw Revert::withData('');
        }
        return $input;
    }
}

/** Counter in Caller.sol. */
interface Counter
{
    #[Payable]
    public function add(U256 $amount): U256;

    #[View]
    public function get(): U256;

    public function refuse(string $reason): string;

    public function echo(#[Type('bytes')] string $data): void;
}
