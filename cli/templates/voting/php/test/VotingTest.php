<?php

declare(strict_types=1);

use DelChain\{ContractTestCase, Deployed, U256};

final class VotingTest extends ContractTestCase
{
    private const DAY = 86_400;

    private Deployed $voting;

    protected function setUp(): void
    {
        $this->voting = $this->world()->deploy(Voting::class, U256::of(3), U256::of(self::DAY));
    }

    public function testAVoteCountsOnceForEachAddress(): void
    {
        $this->voting->vote(U256::of(2));
        $this->assertNumber(1, $this->voting->votes(U256::of(2)));
        $this->assertReverts(fn () => $this->voting->vote(U256::of(1)), 'voted already');
    }

    public function testTheOptionWithTheMostVotesWins(): void
    {
        $this->voting->by($this->world()->account())->vote(U256::of(1));
        $this->world()->increaseTime(self::DAY);
        $this->assertNumber(1, $this->voting->winner());
    }
}
