<?php

declare(strict_types=1);

use DelChain\{Address, Bytes32, Contract, Host, Layout, Payable, Type, U256};

/** Sends a message, and keeps what it is told became of it. */
final class Sender extends Contract
{
    private readonly Layout $state;

    public function __construct()
    {
        $this->state = new Layout($this, ['told' => 'bytes32', 'succeeded' => 'uint256']);
    }

    #[Payable]
    public function post(Address $to, U256 $value, #[Type('bytes')] string $data): Bytes32
    {
        return $this->host()->send($to, $value, $data, 300_000, 600_000);
    }

    #[Payable]
    public function onMessage(Bytes32 $id, bool $success, #[Type('bytes')] string $result): void
    {
        $this->require($this->sender()->equals(Host::messages()), 'not MESSAGES');
        $this->state->told->set($id);
        $this->state->succeeded->set(U256::of($success ? 1 : 0));
    }
}
