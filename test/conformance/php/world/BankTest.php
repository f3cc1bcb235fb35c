<?php

declare(strict_types=1);

use DelChain\{Address, ContractTestCase, Deployed, U256};

/** Run by phpWorld.test.ts: what the world in memory promises. */
final class BankTest extends ContractTestCase
{
    private Deployed $bank;
    private Deployed $thief;
    private Address $saver;

    protected function setUp(): void
    {
        $this->saver = $this->world()->account(100);
        $this->bank = $this->world()->deploy(Bank::class);
        $this->thief = $this->world()->deploy(Thief::class, $this->bank->address);
        $this->bank->by($this->saver, value: 60)->deposit();
        $this->thief->by($this->world()->account(10), value: 10)->enter();
    }

    public function testValueGoesAlongAndTypedCallsComeBackWithResults(): void
    {
        $this->assertNumber(70, $this->world()->balance($this->bank->address));
        $this->assertNumber(40, $this->world()->balance($this->saver));
        $this->assertNumber(10, $this->thief->mine());
    }

    public function testACarelessMethodIsRobbedAndAGuardedOneIsNot(): void
    {
        $this->thief->steal(false);
        $this->assertNumber(20, $this->world()->balance($this->thief->address));
        $this->thief->by($this->world()->account(10), value: 10)->enter();
        $this->assertReverts(fn () => $this->thief->steal(true), 'ReentrancyGuardReentrantCall()');
        $this->bank->by($this->saver)->guarded();
        $this->bank->by($this->saver, value: 5)->deposit();
        $this->bank->by($this->saver)->guarded();
    }

    public function testACallThatThrowsLeavesNothing(): void
    {
        $slots = fn (): array => [
            bin2hex($this->world()->slot($this->thief->address, 0)),
            (string) $this->world()->balance($this->thief->address),
            count($this->world()->logs()),
        ];
        $before = $slots();
        $this->assertReverts(fn () => $this->thief->steal(true), 'ReentrancyGuardReentrantCall()');
        $this->assertSame($before, $slots());
    }

    public function testAViewThatWritesReverts(): void
    {
        $this->assertReverts(fn () => $this->bank->false(), 'a view method writes');
    }

    public function testValueForAMethodThatTakesNoneAndTooMuchOfItRevert(): void
    {
        foreach ([[$this->saver, 1], [$this->world()->account(), 1]] as [$who, $value]) {
            try {
                $this->bank->by($who, $value)->depositOf($who);
                $this->fail('the call went well');
            } catch (DelChain\Revert $revert) {
                $this->assertSame('', $revert->data);
            }
        }
        $this->assertNumber(40, $this->world()->balance($this->saver));
    }

    public function testATypedCallOfAnAccountWithoutCodeReverts(): void
    {
        $this->assertSame('reverted with 0 bytes', $this->thief->nobody($this->saver));
    }

    public function testAMessageRunsAfterItsCallAndItsSenderHearsOfIt(): void
    {
        $id = $this->bank->payLater($this->saver, U256::of(3));
        $this->assertSame('went 0', $this->bank->heard($id));
        $this->assertNumber(43, $this->world()->balance($this->saver));
        // The thief has no such function: the value comes back with the callback.
        $id = $this->bank->payLater($this->thief->address, U256::of(3));
        $this->assertSame('failed 3', $this->bank->heard($id));
        $this->assertNumber(67, $this->world()->balance($this->bank->address));
        $poor = 'the contract has 67 wei, and its message costs 68';
        $this->assertReverts(fn () => $this->bank->payLater($this->saver, U256::of(68)), $poor);
        $this->assertNumber(67, $this->world()->balance($this->bank->address));
    }

    public function testMessagesInARowComeToAnEndAsOnAChain(): void
    {
        $this->bank->again();
        // The 32nd message may send no other, and reverts.
        $this->assertSame('32', $this->bank->rounds());
        $this->bank->again();
        $this->assertSame('64', $this->bank->rounds());
    }

    public function testByteStringsLast(): void
    {
        $this->assertSame('nothing', $this->bank->keep('7', 'one'));
        $this->assertSame('one', $this->bank->keep('7', ''));
        $this->assertSame('nothing', $this->bank->keep('7', 'two'));
    }

    public function testByteStringsAreWalkedInTheOrderOfTheirBytes(): void
    {
        foreach (['b/2', 'a/10', 'a/9', 'a', 'a/1'] as $key) {
            $this->bank->keep($key, strrev($key));
        }
        $this->assertSame('a/1=1/a a/10=01/a a/9=9/a', $this->bank->keysFrom('a/', 9));
        $this->assertSame('a=a a/1=1/a', $this->bank->keysFrom('', 2));
    }

    public function testAContractOfNoSuchMethodSaysSo(): void
    {
        $this->expectExceptionMessage('Bank has no method rob');
        $this->bank->rob();
    }

    public function testAssertionsFailWhereTheyShould(): void
    {
        foreach ([
            fn () => $this->assertReverts(fn () => $this->bank->depositOf($this->saver), 'nothing'),
            fn () => $this->assertReverts(fn () => $this->bank->careless(), 'another reason'),
            fn () => $this->assertEmitted($this->bank, 'Paid(uint256)', [], [U256::of(1)]),
            fn () => $this->assertNumber(1, U256::of(2)),
        ] as $index => $wrong) {
            try {
                $wrong();
            } catch (PHPUnit\Framework\AssertionFailedError) {
                continue;
            }
            $this->fail("assertion $index did not fail");
        }
        $this->assertNumber(60, $this->bank->depositOf($this->saver));
    }
}
