<?php

declare(strict_types=1);

namespace DelChain;

/**
 * What a call knows: all of it came at its start, so reading it costs nothing. Both tiers give it in the fields of the
 * container protocol's CALL frame (PROTOCOL.md, "CALL").
 */
final class Call
{
    private const FIELD_BYTES = 176;

    private function __construct(
        /** Whose storage and balance the call works on. */
        public readonly Address $contract,
        public readonly Address $sender,
        /** The transaction's sender. */
        public readonly Address $origin,
        /** In wei, already part of the contract's balance. */
        public readonly U256 $value,
        public readonly U256 $chainId,
        /** Number, timestamp (seconds since 1970) and producer are those of the block that ordered the call. */
        public readonly U256 $blockNumber,
        public readonly U256 $timestamp,
        public readonly Address $producer,
        /** Randomness for this call alone, equal on every node that runs it. */
        public readonly Bytes32 $seed,
        public readonly U256 $gasLimit,
        /** The calldata: selector and arguments. */
        public readonly string $input,
    ) {
    }

    /** Null for a body that is too short. */
    public static function decode(string $body): ?self
    {
        if (strlen($body) < self::FIELD_BYTES) {
            return null;
        }
        return new self(
            new Address(substr($body, 0, 20)),
            new Address(substr($body, 20, 20)),
            new Address(substr($body, 40, 20)),
            U256::fromWord(substr($body, 60, 32)),
            U256::fromWord(substr($body, 92, 8)),
            U256::fromWord(substr($body, 100, 8)),
            U256::fromWord(substr($body, 108, 8)),
            new Address(substr($body, 116, 20)),
            new Bytes32(substr($body, 136, 32)),
            U256::fromWord(substr($body, 168, 8)),
            substr($body, self::FIELD_BYTES),
        );
    }
}
