<?php

declare(strict_types=1);

use DelChain\{Address, Constructor, Contract, Event, Layout, U256, View};

/** A vote between numbered options: one for each address, until the time is over. */
#[Event('Voted(address indexed voter, uint256 indexed option)')]
final class Voting extends Contract
{
    private readonly Layout $state;

    public function __construct()
    {
        $this->state = new Layout($this, [
            'options' => 'uint256',
            'deadline' => 'uint256',
            'votes' => 'mapping(uint256 => uint256)',
            'voted' => 'mapping(address => bool)',
        ]);
    }

    #[Constructor]
    public function begin(U256 $count, U256 $duration): void
    {
        $this->require(!$count->isZero(), 'no options');
        $this->state->options->set($count);
        $this->state->deadline->set($this->call()->timestamp->add($duration));
    }

    #[View]
    public function options(): U256
    {
        return $this->state->options->get();
    }

    #[View]
    public function deadline(): U256
    {
        return $this->state->deadline->get();
    }

    #[View]
    public function votes(U256 $option): U256
    {
        return $this->state->votes->at($option)->get();
    }

    #[View]
    public function hasVoted(Address $voter): bool
    {
        return $this->state->voted->at($voter)->get();
    }

    public function vote(U256 $option): void
    {
        $voter = $this->sender();
        $this->require($this->call()->timestamp < $this->deadline(), 'too late');
        $this->require($option < $this->options(), 'no such option');
        $this->require(!$this->hasVoted($voter), 'voted already');
        $this->state->voted->at($voter)->set(true);
        $this->state->votes->at($option)->set($this->votes($option)->add(1));
        $this->emit('Voted(address,uint256)', [$voter, $option], []);
    }

    /** The option with the most votes; of several, the first. */
    #[View]
    public function winner(): U256
    {
        $this->require($this->call()->timestamp >= $this->deadline(), 'too early');
        $best = U256::zero();
        for ($option = U256::of(1); $option < $this->options(); $option = $option->add(1)) {
            if ($this->votes($option) > $this->votes($best)) {
                $best = $option;
            }
        }
        return $best;
    }
}
