<?php

declare(strict_types=1);

namespace DelChain;

use GMP;

/** What a call knows: all of it came in the CALL frame, so reading it costs nothing (PROTOCOL.md, "CALL"). */
final class Call
{
    private const FIELD_BYTES = 176;

    private function __construct(
        /** Eight bytes that name the call on the stream. */
        public readonly string $exchange,
        /** Whose storage and balance the call works on. */
        public readonly Address $contract,
        public readonly Address $sender,
        /** The transaction's sender. */
        public readonly Address $origin,
        /** In wei, already part of the contract's balance. */
        public readonly GMP $value,
        public readonly GMP $chainId,
        /** Number, timestamp (seconds since 1970) and producer are those of the block that ordered the call. */
        public readonly GMP $blockNumber,
        public readonly GMP $timestamp,
        public readonly Address $producer,
        /** Randomness for this call alone, equal on every node that runs it. */
        public readonly Bytes32 $seed,
        public readonly GMP $gasLimit,
        /** The calldata: selector and arguments. */
        public readonly string $input,
    ) {
    }

    public static function decode(string $exchange, string $body): self
    {
        if (strlen($body) < self::FIELD_BYTES) {
            exit(Stream::EXIT_PROTOCOL);
        }
        return new self(
            $exchange,
            new Address(substr($body, 0, 20)),
            new Address(substr($body, 20, 20)),
            new Address(substr($body, 40, 20)),
            gmp_import(substr($body, 60, 32)),
            gmp_import(substr($body, 92, 8)),
            gmp_import(substr($body, 100, 8)),
            gmp_import(substr($body, 108, 8)),
            new Address(substr($body, 116, 20)),
            new Bytes32(substr($body, 136, 32)),
            gmp_import(substr($body, 168, 8)),
            substr($body, self::FIELD_BYTES),
        );
    }
}
