<?php

declare(strict_types=1);

namespace DelChain;

/** The host over the container's stream (PROTOCOL.md, "HOSTCALL"). A refusal is a `Revert` with its reason. */
final class StreamHost extends Host
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

    /** The protocol's limit: a contract that passes it is reverted with a reason. */
    private const KEY_BYTES_MAX = 1024;

    public function __construct(private readonly Stream $stream, private readonly string $exchange, Call $call)
    {
        parent::__construct($call);
    }

    public function storageGet(string $slot): string
    {
        return $this->ask(self::STORAGE_GET, $slot);
    }

    public function storagePut(string $slot, string $value): void
    {
        $this->refuseInView();
        $this->ask(self::STORAGE_PUT, $slot . $value);
    }

    public function get(string $key): ?string
    {
        return $this->ask(self::GET, $key);
    }

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

    public function log(array $topics, string $data): void
    {
        $this->checkLog($topics);
        $this->ask(self::LOG, chr(count($topics)) . implode('', $topics) . $data);
    }

    /** `Keccak::hash` computes in the program; this one is a host call. */
    public function keccak256(string $data): string
    {
        return $this->ask(self::KECCAK256, $data);
    }

    public function sha256(string $data): string
    {
        return $this->ask(self::SHA256, $data);
    }

    public function balance(Address $account): U256
    {
        return U256::fromWord($this->ask(self::BALANCE, $account->bytes));
    }

    public function gasLeft(): U256
    {
        return U256::fromWord($this->ask(self::GAS_LEFT, ''));
    }

    public function debug(string $text): void
    {
        $this->ask(self::DEBUG, $text);
    }

    public function send(Address $to, U256 $value, int $gas, string $input): void
    {
        $this->refuseInView();
        $this->ask(self::SEND, $to->bytes . $value->word() . pack('J', $gas) . $input);
    }

    private function ask(int $operation, string $arguments): ?string
    {
        $this->stream->send(Stream::HOSTCALL, $this->exchange, chr($operation) . $arguments);
        [$type, $exchange, $body] = $this->stream->receive();
        if ($type !== Stream::HOSTREPLY || $exchange !== $this->exchange || $body === '') {
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
