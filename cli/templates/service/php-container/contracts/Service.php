<?php

declare(strict_types=1);

use DelChain\{Address, Constructor, Contract, Event, Layout, U256, View};

/** A notary as a service: who registered a document's hash first, and when. It runs in a container of its own. */
#[Event('Notarized(uint256 indexed document, address indexed owner, uint256 time)')]
#[Event('Given(uint256 indexed document, address indexed from, address indexed to)')]
final class Service extends Contract
{
    private readonly Layout $state;

    public function __construct()
    {
        $this->state = new Layout($this, [
            'documents' => 'mapping(uint256 => (address owner, uint64 time))',
            'operator' => 'address',
        ]);
    }

    #[Constructor]
    public function create(): void
    {
        $this->state->operator->set($this->sender());
    }

    /** Documents stay when the code changes: delchain upgrade. */
    public function upgradeTo(Address $implementation): void
    {
        $this->require($this->state->operator->get()->equals($this->sender()), 'only the operator');
        $this->host()->upgrade($implementation);
    }

    public function notarize(U256 $document): void
    {
        $entry = $this->state->documents->at($document);
        $this->require($entry->time->get()->isZero(), 'notarized already');
        $time = $this->call()->timestamp;
        $entry->set(['owner' => $this->sender(), 'time' => $time]);
        $this->emit('Notarized(uint256,address,uint256)', [$document, $this->sender()], [$time]);
    }

    public function give(U256 $document, Address $to): void
    {
        $owner = $this->state->documents->at($document)->owner;
        $this->require($owner->get()->equals($this->sender()), 'only the owner');
        $owner->set($to);
        $this->emit('Given(uint256,address,address)', [$document, $this->sender(), $to], []);
    }

    #[View]
    public function ownerOf(U256 $document): Address
    {
        return $this->state->documents->at($document)->owner->get();
    }

    #[View]
    public function timeOf(U256 $document): U256
    {
        return U256::of($this->state->documents->at($document)->time->get());
    }
}
