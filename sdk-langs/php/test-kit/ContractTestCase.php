<?php

declare(strict_types=1);

namespace DelChain;

use PHPUnit\Framework\TestCase;

/** A test of contracts with PHPUnit, in a world of its own. */
abstract class ContractTestCase extends TestCase
{
    private ?World $world = null;

    final protected function world(): World
    {
        return $this->world ??= new World();
    }

    /**
     * The call reverts with this reason, or with this custom error, given by its signature and values.
     *
     * @param callable(): mixed $call
     */
    final protected function assertReverts(callable $call, string $reason, mixed ...$values): void
    {
        try {
            $call();
        } catch (Revert $revert) {
            $isError = preg_match('/^\w+\(.*\)$/', $reason) === 1;
            $expected = $isError ? Revert::error($reason, ...$values) : Revert::because($reason);
            self::assertSame([$expected->getMessage(), bin2hex($expected->data)], [$revert->getMessage(), bin2hex($revert->data)]);
            return;
        }
        self::fail("the call went well and should revert: $reason");
    }

    /**
     * Some log of the contract is this event's, with these values.
     *
     * @param list<mixed> $indexed
     * @param list<mixed> $data
     */
    final protected function assertEmitted(Deployed $contract, string $signature, array $indexed, array $data): void
    {
        $event = Signature::of($signature);
        $types = $event->split(count($indexed));
        $topics = [$event->hash, ...array_map(Abi::topic(...), $types['indexed'], $indexed)];
        $expected = [array_map(bin2hex(...), $topics), bin2hex(Abi::encode($types['data'], $data))];
        $own = array_filter($this->world()->logs(), fn (Log $log): bool => $log->contract->equals($contract->address));
        $found = array_map(fn (Log $log): array => [array_map(bin2hex(...), $log->topics), bin2hex($log->data)], $own);
        self::assertContains($expected, array_values($found), "no log of $signature with these values");
    }

    final protected function assertNumber(int|string $expected, Integer $number): void
    {
        self::assertSame((string) $expected, (string) $number);
    }
}
