<?php

declare(strict_types=1);

use DelChain\{Address, Constructor, Contract, Event, Layout, U256, View};

/** Tokens that are one of a kind, with ERC-721's functions. Whoever deploys it mints them, numbered from 1. */
#[Event('Transfer(address indexed from, address indexed to, uint256 indexed tokenId)')]
#[Event('Approval(address indexed owner, address indexed approved, uint256 indexed tokenId)')]
#[Event('ApprovalForAll(address indexed owner, address indexed operator, bool approved)')]
final class Nft extends Contract
{
    private readonly Layout $state;

    public function __construct()
    {
        $this->state = new Layout($this, [
            'minter' => 'address',
            'supply' => 'uint256',
            'owners' => 'mapping(uint256 => address)',
            'balances' => 'mapping(address => uint256)',
            'approved' => 'mapping(uint256 => address)',
            'operators' => 'mapping(address => mapping(address => bool))',
        ]);
    }

    #[Constructor]
    public function begin(): void
    {
        $this->state->minter->set($this->sender());
    }

    #[View]
    public function name(): string
    {
        return 'Deeds';
    }

    #[View]
    public function symbol(): string
    {
        return 'DEED';
    }

    #[View]
    public function minter(): Address
    {
        return $this->state->minter->get();
    }

    #[View]
    public function totalSupply(): U256
    {
        return $this->state->supply->get();
    }

    #[View]
    public function ownerOf(U256 $id): Address
    {
        $owner = $this->state->owners->at($id)->get();
        $this->require(!$owner->equals(Address::zero()), 'no such token');
        return $owner;
    }

    #[View]
    public function balanceOf(Address $owner): U256
    {
        return $this->state->balances->at($owner)->get();
    }

    #[View]
    public function getApproved(U256 $id): Address
    {
        return $this->state->approved->at($id)->get();
    }

    #[View]
    public function isApprovedForAll(Address $owner, Address $operator): bool
    {
        return $this->state->operators->at($owner)->at($operator)->get();
    }

    public function mint(Address $to): U256
    {
        $this->require($this->sender()->equals($this->minter()), 'only the minter');
        $this->require(!$to->equals(Address::zero()), 'nobody to mint to');
        $id = $this->totalSupply()->add(1);
        $this->state->supply->set($id);
        $this->state->owners->at($id)->set($to);
        $this->count($to, 1);
        $this->emit('Transfer(address,address,uint256)', [Address::zero(), $to, $id], []);
        return $id;
    }

    public function approve(Address $to, U256 $id): void
    {
        $owner = $this->ownerOf($id);
        $isAllowed = $this->sender()->equals($owner) || $this->isApprovedForAll($owner, $this->sender());
        $this->require($isAllowed, 'not allowed');
        $this->state->approved->at($id)->set($to);
        $this->emit('Approval(address,address,uint256)', [$owner, $to, $id], []);
    }

    public function setApprovalForAll(Address $operator, bool $approved): void
    {
        $this->state->operators->at($this->sender())->at($operator)->set($approved);
        $this->emit('ApprovalForAll(address,address,bool)', [$this->sender(), $operator], [$approved]);
    }

    public function transferFrom(Address $from, Address $to, U256 $id): void
    {
        $sender = $this->sender();
        $this->require($this->ownerOf($id)->equals($from), 'not the owner');
        $this->require(!$to->equals(Address::zero()), 'nobody to give to');
        $isAllowed = $sender->equals($from)
            || $this->isApprovedForAll($from, $sender)
            || $this->getApproved($id)->equals($sender);
        $this->require($isAllowed, 'not allowed');
        $this->state->approved->at($id)->clear();
        $this->count($from, -1);
        $this->count($to, 1);
        $this->state->owners->at($id)->set($to);
        $this->emit('Transfer(address,address,uint256)', [$from, $to, $id], []);
    }

    private function count(Address $owner, int $change): void
    {
        $balance = $this->state->balances->at($owner);
        $balance->set($balance->get()->add($change));
    }
}
