<?php

declare(strict_types=1);

namespace DelChain;

/** The host of a contract that runs inside a transaction: one message and one answer, synchronously. */
final class MessageHost extends Host
{
    private const SUCCESS = 0;
    private const ALL_GAS = PHP_INT_MAX;
    /** `quote(address,uint64,uint64)` and `send(address,uint256,bytes,uint64,uint64)` of MESSAGES. */
    private const QUOTE = "\x40\x36\xeb\x29";
    private const SEND = "\x53\xc6\x0a\xe0";

    public function storageGet(string $slot): string
    {
        return Guest::ask(Guest::STORAGE_GET, $slot);
    }

    public function storagePut(string $slot, string $value): void
    {
        $this->refuseInView();
        Guest::ask(Guest::STORAGE_PUT, $slot . $value);
    }

    public function transientGet(string $slot): string
    {
        return Guest::ask(Guest::TRANSIENT_GET, $slot);
    }

    public function transientPut(string $slot, string $value): void
    {
        $this->refuseInView();
        Guest::ask(Guest::TRANSIENT_PUT, $slot . $value);
    }

    public function log(array $topics, string $data): void
    {
        $this->checkLog($topics);
        Guest::ask(Guest::LOG, chr(count($topics)) . implode('', $topics) . $data);
    }

    public function keccak256(string $data): string
    {
        return Keccak::hash($data);
    }

    public function sha256(string $data): string
    {
        return hash('sha256', $data, true);
    }

    public function balance(Address $account): U256
    {
        return U256::fromWord(Guest::ask(Guest::BALANCE, $account->bytes));
    }

    public function gasLeft(): U256
    {
        return U256::fromWord(Guest::ask(Guest::GAS_LEFT, ''));
    }

    public function debug(string $text): void
    {
        Guest::ask(Guest::DEBUG, $text);
    }

    public function code(Address $account): string
    {
        return Guest::ask(Guest::CODE, $account->bytes);
    }

    public function codeHash(Address $account): Bytes32
    {
        return new Bytes32(Guest::ask(Guest::CODE_HASH, $account->bytes));
    }

    public function callContract(Address $to, string $input, ?U256 $value = null, ?int $gas = null): string
    {
        if ($this->isView && ($value === null || $value->isZero())) {
            return $this->callStatic($to, $input, $gas);
        }
        $this->refuseInView();
        return $this->nested(Guest::CALL, $to, $value, $gas, $input);
    }

    public function callStatic(Address $to, string $input, ?int $gas = null): string
    {
        return $this->nested(Guest::CALL_STATIC, $to, null, $gas, $input);
    }

    public function callDelegate(Address $to, string $input, ?int $gas = null): string
    {
        $this->refuseInView();
        return $this->nested(Guest::CALL_DELEGATE, $to, null, $gas, $input);
    }

    public function create(string $initCode, ?U256 $value = null, ?string $salt = null): Address
    {
        $this->refuseInView();
        $head = ($value ?? U256::zero())->word() . ($salt === null ? "\0" : "\1$salt");
        return new Address(self::settled(Guest::ask(Guest::CREATE, $head . $initCode)));
    }

    public function send(Address $to, U256 $value, string $data, int $gas, int $callbackGas = 0): Bytes32
    {
        $word = static fn (int $number): string => U256::of($number)->word();
        $target = str_pad($to->bytes, 32, "\0", STR_PAD_LEFT);
        $gases = $word($gas) . $word($callbackGas);
        $fee = U256::fromWord($this->callStatic(self::messages(), self::QUOTE . $target . $gases));
        $length = strlen($data);
        $tail = $word($length) . str_pad($data, 32 * intdiv($length + 31, 32), "\0");
        $input = self::SEND . $target . $value->word() . $word(5 * 32) . $gases . $tail;
        return new Bytes32($this->callContract(self::messages(), $input, $value->add($fee)));
    }

    private function nested(int $operation, Address $to, ?U256 $value, ?int $gas, string $input): string
    {
        $head = $to->bytes . ($value ?? U256::zero())->word() . pack('J', $gas ?? self::ALL_GAS);
        return self::settled(Guest::ask($operation, $head . $input));
    }

    /** A status byte, then what was returned. */
    private static function settled(string $answer): string
    {
        $output = substr($answer, 1);
        return ord($answer[0]) === self::SUCCESS ? $output : throw Revert::withData($output);
    }
}
