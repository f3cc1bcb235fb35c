<?php

declare(strict_types=1);

use DelChain\{ContractTestCase, Deployed, U256};

final class TokenTest extends ContractTestCase
{
    private Deployed $token;

    protected function setUp(): void
    {
        $this->token = $this->world()->deploy(Token::class, U256::of(1_000));
    }

    public function testATransferMovesItAndSaysSo(): void
    {
        $friend = $this->world()->account();
        $this->token->transfer($friend, U256::of(250));
        $this->assertNumber(250, $this->token->balanceOf($friend));
        $this->assertNumber(750, $this->token->balanceOf($this->token->owner));
        $this->assertEmitted(
            $this->token,
            'Transfer(address,address,uint256)',
            [$this->token->owner, $friend],
            [U256::of(250)],
        );
    }

    public function testNobodyCanTransferMoreThanTheyHave(): void
    {
        $friend = $this->world()->account();
        $this->assertReverts(
            fn () => $this->token->by($friend)->transfer($this->token->owner, U256::of(1)),
            'insufficient balance',
        );
    }
}
