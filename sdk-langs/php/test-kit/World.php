<?php

declare(strict_types=1);

namespace DelChain;

/**
 * Accounts, contracts and their storage in memory, for tests of contracts in plain PHP. Calls go through the ABI, as a
 * transaction's do, and one that throws leaves nothing behind. Messages run when the transaction that sends them is over.
 * There is no gas, and no contract in another language.
 */
final class World
{
    /** The call depth of the EVM. */
    private const DEPTH_MAX = 1024;
    private const CHAIN_ID = 31337;

    /** Messages in a row, each sent in the one before. */
    private const HOPS_MAX = 32;

    /** @var array<string, class-string<Contract>> by address */
    private array $contracts = [];

    /** @var array<string, array<string, string>> by address and slot */
    private array $storage = [];

    /** @var array<string, array<string, string>> by address and key */
    private array $byteStrings = [];

    /** Until the transaction ends. @var array<string, array<string, string>> by address and slot */
    private array $transient = [];

    /** @var array<string, U256> by address */
    private array $balances = [];

    /** @var list<Log> */
    private array $logs = [];

    /** Messages that wait for the end of their transaction. @var list<\Closure(): void> */
    private array $outbox = [];

    private int $messages = 0;

    /** Messages in a row that have led to what runs. */
    private int $hops = 0;
    private int $accounts = 0;
    private int $depth = 0;
    private int $blockNumber = 1;
    private int $timestamp = 1_800_000_000;

    /** A new account with this balance. */
    public function account(int|U256 $balance = 0): Address
    {
        $address = new Address("\xac" . str_repeat("\0", 17) . pack('n', ++$this->accounts));
        $this->balances[$address->bytes] = U256::of($balance);
        return $address;
    }

    /**
     * A new contract, whose method marked `#[Constructor]` runs with these arguments for a new account: its owner.
     *
     * @param class-string<Contract> $class
     */
    public function deploy(string $class, mixed ...$arguments): Deployed
    {
        return $this->deployBy($this->account(), $class, ...$arguments);
    }

    /** @param class-string<Contract> $class */
    public function deployBy(Address $owner, string $class, mixed ...$arguments): Deployed
    {
        $address = $this->account();
        $constructor = Method::constructorOf($class);
        $input = $constructor === null ? '' : substr($constructor->encodeCall(array_values($arguments)), 4);
        $this->contracts[$address->bytes] = $class;
        $call = $this->callOf($address, $owner, $owner, U256::zero(), $input);
        $this->run($class, $call, false, static function (Contract $contract, Host $host): string {
            $contract->construct($host, $host->call->input);
            return '';
        });
        return new Deployed($this, $address, $class, $owner);
    }

    public function timestamp(): int
    {
        return $this->timestamp;
    }

    public function increaseTime(int $seconds): void
    {
        $this->timestamp += $seconds;
        $this->blockNumber++;
    }

    public function balance(Address $account): U256
    {
        return $this->balances[$account->bytes] ?? U256::zero();
    }

    public function setBalance(Address $account, int|U256 $balance): void
    {
        $this->balances[$account->bytes] = U256::of($balance);
    }

    /** 32 bytes of a contract's slot. */
    public function slot(Address $contract, int|string $slot): string
    {
        $key = is_int($slot) ? U256::of($slot)->word() : $slot;
        return $this->storage[$contract->bytes][$key] ?? str_repeat("\0", 32);
    }

    /**
     * What calls that went well have left so far.
     *
     * @return list<Log>
     */
    public function logs(): array
    {
        return $this->logs;
    }

    /** A transaction: its calldata to a contract or an account, and what came back. */
    public function send(Address $from, Address $to, string $input = '', int|U256 $value = 0): string
    {
        $this->transient = [];
        $result = $this->call($this->callOf($to, $from, $from, U256::of($value), $input), false);
        while ($this->outbox !== []) {
            $this->transient = [];
            array_shift($this->outbox)();
            $this->hops = 0;
        }
        return $result;
    }

    /**
     * Takes a message in with its value, and returns its id. One that fails gives the value back: with the callback
     * (`onMessage`), or by itself where none is wanted.
     */
    public function sendMessage(Call $by, Address $to, U256 $value, string $data, bool $wantsCallback): Bytes32
    {
        if ($this->hops === self::HOPS_MAX) {
            throw Revert::because(self::HOPS_MAX . ' messages in a row have led here, the most allowed');
        }
        $from = $by->contract;
        $have = $this->balance($from);
        if ($have < $value) {
            throw Revert::because("the contract has $have wei, and its message costs $value");
        }
        $id = new Bytes32(Keccak::hash('message' . pack('J', ++$this->messages)));
        $held = Host::messages();
        $this->move($this->callOf($held, $from, $by->origin, $value, ''));
        $hops = $this->hops + 1;
        $this->outbox[] = function () use ($id, $from, $to, $by, $value, $data, $wantsCallback, $held, $hops): void {
            $this->hops = $hops;
            $this->move($this->callOf($from, $held, $by->origin, $value, ''));
            try {
                $result = $this->call($this->callOf($to, $from, $by->origin, $value, $data), false);
                [$succeeded, $returned] = [true, U256::zero()];
            } catch (\Throwable $thrown) {
                $result = ($thrown instanceof Revert ? $thrown : Revert::ofThrown($thrown))->data;
                [$succeeded, $returned] = [false, $value];
            }
            if ($wantsCallback) {
                $this->callBack($from, $by->origin, $returned, [$id, $succeeded, $result]);
            }
        };
        return $id;
    }

    /** A callback that throws leaves what it would have brought with MESSAGES, where it can be claimed on a chain. */
    private function callBack(Address $contract, Address $origin, U256 $value, array $arguments): void
    {
        $held = Host::messages();
        $this->move($this->callOf($held, $contract, $origin, $value, ''));
        $input = Abi::encodeCall('onMessage(bytes32,bool,bytes)', ...$arguments);
        try {
            $this->call($this->callOf($contract, $held, $origin, $value, $input), false);
        } catch (\Throwable) {
            return;
        }
    }

    /** Runs a frame, and undoes it all when it throws. */
    public function call(Call $call, bool $isStatic, ?Address $code = null): string
    {
        $class = $this->contracts[($code ?? $call->contract)->bytes] ?? null;
        return $this->run(
            $class,
            $call,
            $isStatic,
            static fn (Contract $contract, Host $host): string => $contract->run($host),
            $code === null,
        );
    }

    public function callOf(Address $to, Address $from, Address $origin, U256 $value, string $input): Call
    {
        $seed = Keccak::hash($from->bytes . $to->bytes . pack('J', $this->blockNumber) . $input);
        $fields = [
            $to->bytes,
            $from->bytes,
            $origin->bytes,
            $value->word(),
            pack('J3', self::CHAIN_ID, $this->blockNumber, $this->timestamp),
            str_repeat("\0", 20),
            $seed,
            pack('J', PHP_INT_MAX),
        ];
        return Call::decode(implode('', $fields) . $input) ?? throw new \LogicException('a call has all its fields');
    }

    public function hasCode(Address $account): bool
    {
        return isset($this->contracts[$account->bytes]);
    }

    public function write(Address $contract, string $slot, string $value, bool $isTransient): void
    {
        $isTransient ? $this->transient[$contract->bytes][$slot] = $value : $this->storage[$contract->bytes][$slot] = $value;
    }

    public function transient(Address $contract, string $slot): string
    {
        return $this->transient[$contract->bytes][$slot] ?? str_repeat("\0", 32);
    }

    public function bytes(Address $contract, string $key): ?string
    {
        return $this->byteStrings[$contract->bytes]["#$key"] ?? null;
    }

    /**
     * The keys from one to the one before `end`, in the order of their bytes, with their values.
     *
     * @return \Generator<string, string>
     */
    public function range(Address $contract, string $from, string $end, int $limit): \Generator
    {
        $own = $this->byteStrings[$contract->bytes] ?? [];
        ksort($own, SORT_STRING);
        foreach ($own as $marked => $value) {
            $key = substr($marked, 1);
            if (strcmp($key, $from) < 0 || ($end !== '' && strcmp($key, $end) >= 0)) {
                continue;
            }
            if ($limit-- <= 0) {
                return;
            }
            yield $key => $value;
        }
    }

    /** An empty value deletes. */
    public function writeBytes(Address $contract, string $key, string $value): void
    {
        // PHP takes a key of digits for a number without the mark.
        if ($value === '') {
            unset($this->byteStrings[$contract->bytes]["#$key"]);
        } else {
            $this->byteStrings[$contract->bytes]["#$key"] = $value;
        }
    }

    public function emit(Log $log): void
    {
        $this->logs[] = $log;
    }

    /**
     * @param class-string<Contract>|null $class
     * @param \Closure(Contract, Host): string $run
     */
    private function run(?string $class, Call $call, bool $isStatic, \Closure $run, bool $movesValue = true): string
    {
        if ($this->depth === self::DEPTH_MAX) {
            throw Revert::because('calls are ' . self::DEPTH_MAX . ' deep');
        }
        $before = [$this->storage, $this->byteStrings, $this->transient, $this->balances, $this->logs, $this->outbox];
        $this->depth++;
        try {
            if ($movesValue) {
                $this->move($call);
            }
            if ($class === null) {
                return '';
            }
            $contract = new $class();
            $contract->prepare();
            return $run($contract, new WorldHost($call, $this, $isStatic));
        } catch (\Throwable $thrown) {
            [$this->storage, $this->byteStrings, $this->transient, $this->balances, $this->logs, $this->outbox] = $before;
            throw $thrown;
        } finally {
            $this->depth--;
        }
    }

    private function move(Call $call): void
    {
        if ($call->value->isZero()) {
            return;
        }
        $have = $this->balance($call->sender);
        if ($have < $call->value) {
            throw Revert::withData('');
        }
        $this->balances[$call->sender->bytes] = $have->sub($call->value);
        $this->balances[$call->contract->bytes] = $this->balance($call->contract)->add($call->value);
    }
}
