<?php

declare(strict_types=1);

use DelChain\{Address, ContractTestCase, Deployed, U256};

final class NftTest extends ContractTestCase
{
    private Deployed $nft;
    private Address $alice;

    protected function setUp(): void
    {
        $this->nft = $this->world()->deploy(Nft::class);
        $this->alice = $this->world()->account();
        $this->nft->mint($this->alice);
    }

    public function testTokensAreNumberedFromOne(): void
    {
        $this->assertNumber(2, $this->nft->mint($this->nft->owner));
        $this->assertEquals($this->alice, $this->nft->ownerOf(U256::of(1)));
    }

    public function testOnlyTheMinterMints(): void
    {
        $this->assertReverts(fn () => $this->nft->by($this->alice)->mint($this->alice), 'only the minter');
    }
}
