<?php

declare(strict_types=1);

use DelChain\{Address, ContractTestCase, Deployed, U256};

final class EscrowTest extends ContractTestCase
{
    private const DAY = 86_400;

    private Deployed $escrow;
    private Address $seller;

    protected function setUp(): void
    {
        $buyer = $this->world()->account(100);
        $this->seller = $this->world()->account();
        $this->escrow = $this->world()->deployBy($buyer, Escrow::class, $this->seller, U256::of(self::DAY));
        $this->escrow->by($buyer, value: 60)->deposit();
    }

    public function testTheBuyerReleasesItToTheSellerOnce(): void
    {
        $this->escrow->release();
        $this->assertNumber(60, $this->world()->balance($this->seller));
        $this->assertReverts(fn () => $this->escrow->release(), 'nothing is held');
    }

    public function testAfterTheTimeAnybodyHasItRefunded(): void
    {
        $refund = fn () => $this->escrow->by($this->seller)->refund();
        $this->assertReverts($refund, 'too early');
        $this->world()->increaseTime(self::DAY);
        $refund();
        $this->assertNumber(100, $this->world()->balance($this->escrow->owner));
    }
}
