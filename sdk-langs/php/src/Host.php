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
    /** In transient storage; keccak-256 of "delchain.php.NonReentrant", which is no variable's slot. */
    private const GUARD = "\x41\x6d\x60\xa3\x32\xe0\x0a\xc7\xd3\x88\x0b\x29\xd3\x4f\x62\x67\x09\x45\x87\x4a\x48\xcf\xbc\xd6\xab\x11\x65\x07\x23\x31\x56\xd6";
    private const OPEN = "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1";
    private const CLOSED = "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";

    /** Set while a `View` method runs: what would change anything reverts. */
    public bool $isView = false;

    private ?Random $random = null;

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

    /** Random numbers from the call's seed, one stream a call. */
    final public function random(): Random
    {
        return $this->random ??= new Random($this->call->seed);
    }

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

    /**
     * Container tier: the keys from one (itself included, '' for the first) to the one before `end` ('' for no end), in
     * the order of their bytes, with their values. With a limit no more is read, nor paid for.
     *
     * @return \Generator<string, string>
     */
    public function range(string $from = '', string $end = '', int $limit = PHP_INT_MAX): \Generator
    {
        throw self::absent('storage by byte strings');
    }

    /**
     * Container tier: the keys that begin with these bytes: `foreach ($host->prefix('user/') as $key => $value)`.
     *
     * @return \Generator<string, string>
     */
    final public function prefix(string $prefix, int $limit = PHP_INT_MAX): \Generator
    {
        $end = rtrim($prefix, "\xff");
        if ($end !== '') {
            $end[-1] = chr(ord($end[-1]) + 1);
        }
        return $this->range($prefix, $end, $limit);
    }

    /**
     * Container tier: from the next batch of its calls on, the contract runs the version of the container contract at
     * `$to`, on its own storage (PROTOCOL.md, "Version"). Who may ask for that is the contract's to check.
     */
    public function upgrade(Address $to): void
    {
        throw self::absent('versions');
    }

    /** Who calls a contract back; it also takes what tiers inside of a transaction send. */
    public static function messages(): Address
    {
        return new Address(hex2bin('0000000000000000000000000000000000dc0002'));
    }

    /**
     * Calls a contract of any tier in a later block, with value and gas from this contract's balance, and returns the
     * message's id. With `$callbackGas` the contract is called back: `onMessage(bytes32 id, bool success, bytes result)`, by
     * `messages()`, with the value of a message that failed. What is not used comes back.
     */
    abstract public function send(Address $to, U256 $value, string $data, int $gas, int $callbackGas = 0): Bytes32;

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

    /** Before a `NonReentrant` method; reverts as OpenZeppelin's guard does while one is open. */
    public function enter(): void
    {
        if ($this->transientGet(self::GUARD) === self::OPEN) {
            throw Revert::error('ReentrancyGuardReentrantCall()');
        }
        if (!$this->isView) {
            $this->transientPut(self::GUARD, self::OPEN);
        }
    }

    /** After it, when it has not thrown. */
    public function leave(): void
    {
        if (!$this->isView) {
            $this->transientPut(self::GUARD, self::CLOSED);
        }
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
