<?php

declare(strict_types=1);

namespace DelChain;

/** What an event left: the topics, of which the first is the event's hash, and the data. */
final class Log
{
    public function __construct(
        public readonly Address $contract,
        /** @var list<string> */
        public readonly array $topics,
        public readonly string $data,
    ) {
    }
}
