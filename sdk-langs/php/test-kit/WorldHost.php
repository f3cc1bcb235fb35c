<?php

declare(strict_types=1);

namespace DelChain;

/** The host of a contract that runs in a `World`. */
final class WorldHost extends Host
{
    public function __construct(Call $call, private readonly World $world, private readonly bool $isStatic)
    {
        parent::__construct($call);
    }

    public function storageGet(string $slot): string
    {
        return $this->world->slot($this->call->contract, $slot);
    }

    public function storagePut(string $slot, string $value): void
    {
        $this->requireWritable();
        $this->world->write($this->call->contract, $slot, $value, false);
    }

    public function transientGet(string $slot): string
    {
        return $this->world->transient($this->call->contract, $slot);
    }

    public function transientPut(string $slot, string $value): void
    {
        $this->requireWritable();
        $this->world->write($this->call->contract, $slot, $value, true);
    }

    public function get(string $key): ?string
    {
        return $this->world->bytes($this->call->contract, $key);
    }

    public function put(string $key, string $value): void
    {
        $this->requireWritable();
        $this->world->writeBytes($this->call->contract, $key, $value);
    }

    public function delete(string $key): void
    {
        $this->put($key, '');
    }

    public function range(string $from = '', string $end = '', int $limit = PHP_INT_MAX): \Generator
    {
        return $this->world->range($this->call->contract, $from, $end, $limit);
    }

    public function log(array $topics, string $data): void
    {
        $this->requireWritable();
        $this->checkLog($topics);
        $this->world->emit(new Log($this->call->contract, $topics, $data));
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
        return $this->world->balance($account);
    }

    public function gasLeft(): U256
    {
        return U256::of(PHP_INT_MAX);
    }

    public function debug(string $text): void
    {
        fwrite(STDERR, "$text\n");
    }

    /** Which code it is, no test can know. */
    public function code(Address $account): string
    {
        return $this->world->hasCode($account) ? "\xef" : '';
    }

    public function codeHash(Address $account): Bytes32
    {
        return new Bytes32(Keccak::hash($this->code($account)));
    }

    public function callContract(Address $to, string $input, ?U256 $value = null, ?int $gas = null): string
    {
        $value ??= U256::zero();
        if (!$value->isZero()) {
            $this->requireWritable();
        }
        return $this->nested($to, $value, $input, $this->isStatic || $this->isView);
    }

    public function callStatic(Address $to, string $input, ?int $gas = null): string
    {
        return $this->nested($to, U256::zero(), $input, true);
    }

    public function callDelegate(Address $to, string $input, ?int $gas = null): string
    {
        $own = $this->call;
        $call = $this->world->callOf($own->contract, $own->sender, $own->origin, $own->value, $input);
        return $this->settled(fn (): string => $this->world->call($call, $this->isStatic, $to));
    }

    private function nested(Address $to, U256 $value, string $input, bool $isStatic): string
    {
        $call = $this->world->callOf($to, $this->call->contract, $this->call->origin, $value, $input);
        return $this->settled(fn (): string => $this->world->call($call, $isStatic));
    }

    /** What another contract throws comes back as on a chain: as its revert data. */
    private function settled(\Closure $call): string
    {
        try {
            return $call();
        } catch (Revert $revert) {
            throw $revert;
        } catch (\Throwable $thrown) {
            throw Revert::ofThrown($thrown);
        }
    }

    public function send(Address $to, U256 $value, string $data, int $gas, int $callbackGas = 0): Bytes32
    {
        $this->requireWritable();
        return $this->world->sendMessage($this->call, $to, $value, $data, $callbackGas > 0);
    }

    private function requireWritable(): void
    {
        $this->refuseInView();
        if ($this->isStatic) {
            throw Revert::because('a static call writes nothing');
        }
    }
}
