<?php

declare(strict_types=1);

namespace DelChain;

/** Ends the call and undoes it. Thrown with a reason it is Solidity's `Error(string)`; any other exception is too. */
class Revert extends \RuntimeException
{
    /** A reason is for people; longer ones are cut. */
    private const REASON_BYTES_MAX = 1024;

    private function __construct(string $message, public readonly string $data)
    {
        parent::__construct($message);
    }

    public static function because(string $reason): self
    {
        $reason = substr($reason, 0, self::REASON_BYTES_MAX);
        return new self($reason, "\x08\xc3\x79\xa0" . Abi::encode(['string'], [$reason]));
    }

    /** Reverts with these bytes; with none, as Solidity does for calldata that it cannot take. */
    public static function withData(string $data): self
    {
        return new self('0x' . bin2hex($data), $data);
    }

    /** What became of an exception that nobody caught. */
    public static function ofThrown(\Throwable $thrown): self
    {
        return self::because("{$thrown->getMessage()} (" . Place::ofThrown($thrown) . ')');
    }

    /** A custom error: `Revert::error('Poor(address,uint256)', $who, $have)`. */
    public static function error(string $signature, mixed ...$values): self
    {
        return new self($signature, Abi::encodeCall($signature, ...$values));
    }

    /** Solidity's `Panic(uint256)`. */
    public static function panic(int $code): self
    {
        return new self("panic $code", "\x4e\x48\x7b\x71" . U256::of($code)->word());
    }
}
