<?php

declare(strict_types=1);

namespace DelChain;

/**
 * What surrounds a contract and answers it, the same for both tiers; each has its binding. What only one tier has
 * reverts in the other with a reason.
 */
abstract class Host
{
    private const LOG_TOPICS_MAX = 4;

    /** Set while a `View` method runs: what would change anything reverts. */
    public bool $isView = false;

    public function __construct(public readonly Call $call)
    {
    }

    /** Storage as the EVM has it: 32 bytes under 32 bytes, zero where nothing was written. */
    abstract public function storageGet(string $slot): string;

    abstract public function storagePut(string $slot, string $value): void;

    /** @param list<string> $topics at most four words */
    abstract public function log(array $topics, string $data): void;

    abstract public function keccak256(string $data): string;

    abstract public function sha256(string $data): string;

    /** In wei. */
    abstract public function balance(Address $account): U256;

    abstract public function gasLeft(): U256;

    /** For the developer's eyes: enters no result. */
    abstract public function debug(string $text): void;

    /** Container tier: a byte string under a key of 1 to 1,024 bytes, or null. */
    public function get(string $key): ?string
    {
        throw self::absent('storage by byte strings');
    }

    /** Container tier: at most 65,536 bytes; an empty value deletes. */
    public function put(string $key, string $value): void
    {
        throw self::absent('storage by byte strings');
    }

    /** Container tier. */
    public function delete(string $key): void
    {
        throw self::absent('storage by byte strings');
    }

    /** Container tier, whose protocol's version 1 refuses it. */
    public function send(Address $to, U256 $value, int $gas, string $input): void
    {
        throw self::absent('messages');
    }

    /** Wasm tier: a word that lives until the transaction ends (EIP-1153). */
    public function transientGet(string $slot): string
    {
        throw self::absent('transient storage');
    }

    /** Wasm tier. */
    public function transientPut(string $slot, string $value): void
    {
        throw self::absent('transient storage');
    }

    /**
     * Wasm tier: calls a contract of any synchronous tier and returns what it returned. Throws a `Revert` with its
     * revert data, which is empty when it halted; nobody needs to catch it. All gas that the rules allow goes along
     * unless `gas` names less. A view method calls statically, as Solidity's does.
     */
    public function callContract(Address $to, string $input, ?U256 $value = null, ?int $gas = null): string
    {
        throw self::absent('calls of other contracts');
    }

    /** Wasm tier: the same, and nothing may be written. */
    public function callStatic(Address $to, string $input, ?int $gas = null): string
    {
        throw self::absent('calls of other contracts');
    }

    /** Wasm tier: runs the other contract's code on this one's storage, for this one's caller and value. */
    public function callDelegate(Address $to, string $input, ?int $gas = null): string
    {
        throw self::absent('calls of other contracts');
    }

    /** Wasm tier: deploys init code of any tier; a salt of 32 bytes makes it CREATE2 (EIP-1014). */
    public function create(string $initCode, ?U256 $value = null, ?string $salt = null): Address
    {
        throw self::absent('creating contracts');
    }

    /** Wasm tier: an account's code, as `eth_getCode` shows it. */
    public function code(Address $account): string
    {
        throw self::absent("an account's code");
    }

    /** Wasm tier. */
    public function codeHash(Address $account): Bytes32
    {
        throw self::absent("an account's code");
    }

    protected function refuseInView(): void
    {
        if ($this->isView) {
            throw Revert::because('a view method writes');
        }
    }

    /** @param list<string> $topics */
    protected function checkLog(array $topics): void
    {
        $this->refuseInView();
        if (count($topics) > self::LOG_TOPICS_MAX) {
            throw Revert::because('a log has at most 4 topics');
        }
    }

    private static function absent(string $what): Revert
    {
        return Revert::because("this tier has no $what");
    }
}
