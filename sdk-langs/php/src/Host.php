<?php

declare(strict_types=1);

namespace DelChain;

use GMP;

/** The host's functions for the running call (PROTOCOL.md, "HOSTCALL"). A refusal is a `Revert` with its reason. */
final class Host
{
    private const STORAGE_GET = 1;
    private const STORAGE_PUT = 2;
    private const GET = 3;
    private const PUT = 4;
    private const DELETE = 5;
    private const LOG = 6;
    private const KECCAK256 = 7;
    private const SHA256 = 8;
    private const BALANCE = 9;
    private const GAS_LEFT = 10;
    private const DEBUG = 11;
    private const SEND = 12;

    private const ABSENT = 1;
    private const REFUSED = 2;
    private const STOP = 3;

    /** The protocol's limits: a contract that passes one is reverted with a reason. */
    private const LOG_TOPICS_MAX = 4;
    private const KEY_BYTES_MAX = 1024;

    /** Set while a `View` method runs: what would change anything reverts. */
    public bool $isView = false;

    public function __construct(private readonly Stream $stream, public readonly Call $call)
    {
    }

    /** Storage as the EVM has it: 32 bytes under 32 bytes, zero where nothing was written. */
    public function storageGet(string $slot): string
    {
        return $this->ask(self::STORAGE_GET, $slot);
    }

    public function storagePut(string $slot, string $value): void
    {
        $this->refuseInView();
        $this->ask(self::STORAGE_PUT, $slot . $value);
    }

    /** A byte string under a key of 1 to 1,024 bytes, or null. */
    public function get(string $key): ?string
    {
        return $this->ask(self::GET, $key);
    }

    /** At most 65,536 bytes; an empty value deletes. */
    public function put(string $key, string $value): void
    {
        $this->refuseInView();
        if (strlen($key) > self::KEY_BYTES_MAX) {
            throw Revert::because('a key has at most 1,024 bytes');
        }
        $this->ask(self::PUT, pack('n', strlen($key)) . $key . $value);
    }

    public function delete(string $key): void
    {
        $this->refuseInView();
        $this->ask(self::DELETE, $key);
    }

    /** @param list<string> $topics at most four words */
    public function log(array $topics, string $data): void
    {
        $this->refuseInView();
        if (count($topics) > self::LOG_TOPICS_MAX) {
            throw Revert::because('a log has at most 4 topics');
        }
        $this->ask(self::LOG, chr(count($topics)) . implode('', $topics) . $data);
    }

    /** `Keccak::hash` computes in the program and is no host call; this one is the host's. */
    public function keccak256(string $data): string
    {
        return $this->ask(self::KECCAK256, $data);
    }

    public function sha256(string $data): string
    {
        return $this->ask(self::SHA256, $data);
    }

    /** In wei. */
    public function balance(Address $account): GMP
    {
        return gmp_import($this->ask(self::BALANCE, $account->bytes));
    }

    public function gasLeft(): GMP
    {
        return gmp_import($this->ask(self::GAS_LEFT, ''));
    }

    /** For the developer's eyes: enters no result. */
    public function debug(string $text): void
    {
        $this->ask(self::DEBUG, $text);
    }

    /** Version 1 of the protocol refuses it, which reverts the call. */
    public function send(Address $to, GMP $value, int $gas, string $input): void
    {
        $this->refuseInView();
        $this->ask(self::SEND, $to->bytes . U256::toWord($value) . pack('J', $gas) . $input);
    }

    private function refuseInView(): void
    {
        if ($this->isView) {
            throw Revert::because('a view method writes');
        }
    }

    private function ask(int $operation, string $arguments): ?string
    {
        $this->stream->send(Stream::HOSTCALL, $this->call->exchange, chr($operation) . $arguments);
        [$type, $exchange, $body] = $this->stream->receive();
        if ($type !== Stream::HOSTREPLY || $exchange !== $this->call->exchange || $body === '') {
            exit(Stream::EXIT_PROTOCOL);
        }
        return match (ord($body[0])) {
            self::ABSENT => null,
            self::REFUSED => throw Revert::because(substr($body, 1)),
            // The call's gas is used up: nothing that it still says counts.
            self::STOP => exit(0),
            default => substr($body, 1),
        };
    }
}
