<?php

declare(strict_types=1);

use DelChain\{Address, Bytes32, Contract, Layout, NonReentrant, Payable, Type, U256, View};

/** Gives money back by calling whoever asks: for tests of the world in memory. */
class Bank extends Contract
{
    private readonly Layout $state;

    public function __construct()
    {
        $this->state = new Layout($this, ['deposits' => 'mapping(address => uint256)', 'guarded' => 'bool']);
    }

    #[Payable]
    public function deposit(): void
    {
        $own = $this->state->deposits->at($this->sender());
        $own->set($own->get()->add($this->call()->value));
    }

    /** Wrong on purpose: the money goes before the books are right. */
    public function careless(): void
    {
        $this->pay();
    }

    #[NonReentrant]
    public function guarded(): void
    {
        $this->pay();
    }

    #[View]
    public function depositOf(Address $who): U256
    {
        return $this->state->deposits->at($who)->get();
    }

    /** A view that writes. */
    #[View]
    public function false(): U256
    {
        $this->state->guarded->set(true);
        return U256::zero();
    }

    public function keep(string $key, string $value): string
    {
        $before = $this->host()->get($key) ?? 'nothing';
        $this->host()->put($key, $value);
        return $before;
    }

    public function keysFrom(string $prefix, int $most): string
    {
        $found = [];
        foreach ($this->host()->prefix($prefix, $most) as $key => $value) {
            $found[] = "$key=$value";
        }
        return implode(' ', $found);
    }

    /** Pays by a message, and hears what became of it. */
    public function payLater(Address $to, U256 $amount): Bytes32
    {
        return $this->host()->send($to, $amount, "\xff\xff\xff\xff", 0, 50_000);
    }

    #[Payable]
    public function onMessage(Bytes32 $id, bool $success, #[Type('bytes')] string $result): void
    {
        $this->require($this->sender()->equals($this->host()->messages()), 'only MESSAGES');
        $this->host()->put($id->bytes, ($success ? 'went' : 'failed') . " {$this->call()->value}");
    }

    /** Sends itself the same again, for ever if it may. */
    public function again(): void
    {
        $rounds = (int) $this->host()->get('rounds') + 1;
        $this->host()->put('rounds', (string) $rounds);
        $this->host()->send($this->call()->contract, U256::zero(), "\x02\x6c\xdb\xae", 0);
    }

    #[View]
    public function rounds(): string
    {
        return $this->host()->get('rounds') ?? 'none';
    }

    #[View]
    public function heard(Bytes32 $id): string
    {
        return $this->host()->get($id->bytes) ?? 'nothing';
    }

    private function pay(): void
    {
        $own = $this->state->deposits->at($this->sender());
        $amount = $own->get();
        $this->require(!$amount->isZero(), 'nothing deposited');
        $this->host()->callContract($this->sender(), '', $amount);
        $own->clear();
    }
}
