<?php

declare(strict_types=1);

use DelChain\{ContractTestCase, U256};

final class ServiceTest extends ContractTestCase
{
    public function testTheFirstToRegisterADocumentOwnsIt(): void
    {
        $service = $this->world()->deploy(Service::class);
        $document = U256::of(0xd0c0);
        $service->notarize($document);
        $this->assertEquals($service->owner, $service->ownerOf($document));
        $stranger = $this->world()->account();
        $this->assertReverts(fn () => $service->by($stranger)->notarize($document), 'notarized already');
    }
}
