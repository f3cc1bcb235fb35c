<?php

declare(strict_types=1);

use DelChain\{Abi, Address, Bytes32, Constructor, Contract, Layout, Payable, Returns, Revert, Type, U256, View};

/** Caller.sol in PHP. */
final class Caller extends Contract
{
    private const OPEN = "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1";
    private const CLOSED = "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";
    /** In transient storage. */
    private const GUARD = self::CLOSED;

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
        if ($this->host()->code($target) === '') {
            throw Revert::withData('');
        }
        $input = Abi::encodeCall('add(uint256)', $amount);
        return Abi::decode(['uint256'], $this->host()->callContract($target, $input, $this->call()->value))[0];
    }

    #[Returns('bool', 'bytes')]
    public function attempt(Address $target, string $reason): array
    {
        try {
            $output = $this->host()->callContract($target, Abi::encodeCall('refuse(string)', $reason));
        } catch (Revert $revert) {
            return [false, $revert->data];
        }
        return [true, Abi::decode(['string'], $output)[0]];
    }

    #[View]
    public function peek(Address $target): U256
    {
        return Abi::decode(['uint256'], $this->host()->callContract($target, Abi::encodeCall('get()')))[0];
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

    public function guarded(Address $target, #[Type('bytes')] string $data): void
    {
        if ($this->host()->transientGet(self::GUARD) === self::OPEN) {
            throw Revert::error('ReentrancyGuardReentrantCall()');
        }
        $this->host()->transientPut(self::GUARD, self::OPEN);
        $this->host()->callContract($target, Abi::encodeCall('echo(bytes)', $data));
        $this->host()->transientPut(self::GUARD, self::CLOSED);
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
