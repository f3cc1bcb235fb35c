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
    private const RANGE = 13;

    /** So many entries are asked for at once, in every SDK. */
    private const RANGE_PAGE = 32;

    private const ABSENT = 1;
    private const REFUSED = 2;
    private const STOP = 3;

    /** The protocol's limit: a contract that passes it is reverted with a reason. */
    private const KEY_BYTES_MAX = 1024;
    /** A bound may be a key and a zero byte: what comes right behind that key. */
    private const BOUND_BYTES_MAX = 1025;

    /** ERC-1967, "implementation". */
    private const IMPLEMENTATION_SLOT = '360894a13ba1a3210667c828492db98dca3e2076cc3735a920a3ca505d382bbc';

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

    public function range(string $from = '', string $end = '', int $limit = PHP_INT_MAX): \Generator
    {
        if (strlen($from) > self::BOUND_BYTES_MAX) {
            throw Revert::because('a bound has at most 1,025 bytes');
        }
        while ($limit > 0) {
            $head = pack('nn', min($limit, self::RANGE_PAGE), strlen($from));
            $page = $this->ask(self::RANGE, $head . $from . $end) ?? '';
            if ($page === '') {
                return;
            }
            for ($at = 0; $at < strlen($page); $limit--) {
                ['key' => $key, 'value' => $value] = unpack('nkey/Nvalue', $page, $at);
                $name = substr($page, $at + 6, $key);
                yield $name => substr($page, $at + 6 + $key, $value);
                $from = "$name\0";
                $at += 6 + $key + $value;
            }
        }
    }

    public function upgrade(Address $to): void
    {
        $this->storagePut(hex2bin(self::IMPLEMENTATION_SLOT), str_repeat("\0", 12) . $to->bytes);
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

    public function send(Address $to, U256 $value, string $data, int $gas, int $callbackGas = 0): Bytes32
    {
        $this->refuseInView();
        $head = $to->bytes . $value->word() . pack('J', $gas) . pack('J', $callbackGas);
        return new Bytes32($this->ask(self::SEND, $head . $data));
    }

    /** A container is never called while it runs. */
    public function enter(): void
    {
    }

    public function leave(): void
    {
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
