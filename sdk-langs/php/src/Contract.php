<?php

declare(strict_types=1);

namespace DelChain;

/**
 * A contract: its public methods are what a transaction can call, with Solidity's selectors and ABI from their names
 * and types. Every call works on a fresh object, or on a fresh copy of one that was made when the container started.
 */
abstract class Contract
{
    /**
     * Methods that no selector calls: `receive(): void` takes empty calldata, with value or without, and
     * `fallback(string $input): string` what no method takes.
     */
    private const ENTRIES = ['receive', 'fallback'];

    private ?Host $host = null;

    /** @var array<string, Method> by selector */
    private array $methods = [];

    private ?Method $constructor = null;

    /** The host of the running call; there is none while the constructor runs. */
    final public function host(): Host
    {
        return $this->host ?? throw new \LogicException('no call is running: a constructor knows no host');
    }

    /**
     * Reads the methods before any call, or up to the one that a call names: reading costs more than most methods.
     * Throws a `Mistake` for what no ABI can say.
     */
    final public function prepare(?string $selector = null): void
    {
        foreach ((new \ReflectionClass($this))->getMethods(\ReflectionMethod::IS_PUBLIC) as $method) {
            $isOurs = $method->class === self::class || in_array($method->name, self::ENTRIES, true);
            if ($isOurs || $method->isStatic() || str_starts_with($method->name, '__')) {
                continue;
            }
            $prepared = Method::of($method);
            if ($prepared->isConstructor) {
                $this->constructor = $prepared;
                continue;
            }
            if (isset($this->methods[$prepared->selector])) {
                throw Mistake::at($method, "the selector of $method->name is another method's too; rename it");
            }
            $this->methods[$prepared->selector] = $prepared;
            if ($prepared->selector === $selector) {
                return;
            }
        }
    }

    /** Runs the method marked `#[Constructor]` with its arguments; without one nothing runs, and nothing may be given. */
    final public function construct(Host $host, string $arguments): void
    {
        $this->host = $host;
        $call = $host->call;
        if (!($this->constructor?->isPayable ?? false) && !$call->value->isZero()) {
            throw Revert::because('the constructor takes no value');
        }
        if ($this->constructor !== null) {
            $this->constructor->call($this, $arguments);
        } elseif ($arguments !== '') {
            throw Revert::because('the contract has no method marked #[Constructor] and takes no arguments');
        }
    }

    /**
     * The contract's ABI, as Solidity's compiler writes it.
     *
     * @return list<array<string, mixed>>
     */
    final public function describe(): array
    {
        $members = array_filter([$this->constructor, ...array_values($this->methods)]);
        $entries = array_filter(self::ENTRIES, fn (string $name): bool => method_exists($this, $name));
        $class = new \ReflectionClass($this);
        $declared = [...$class->getAttributes(Event::class), ...$class->getAttributes(CustomError::class)];
        return [
            ...array_map(fn (Method $method): array => $method->describe(), array_values($members)),
            ...array_map(
                fn (string $name): array => ['type' => $name, 'stateMutability' => 'payable'],
                array_values($entries),
            ),
            ...array_map(fn (\ReflectionAttribute $one): array => $one->newInstance()->describe(), $declared),
        ];
    }

    /** Runs one call and returns its output. Throws what the method throws. */
    final public function run(Host $host): string
    {
        $this->host = $host;
        return $this->dispatch($host->call->input);
    }

    /** Override it for a contract that reads calldata itself. */
    protected function dispatch(string $input): string
    {
        $method = $this->methods[substr($input, 0, 4)] ?? null;
        if ($input === '' && method_exists($this, 'receive')) {
            $this->receive();
            return '';
        }
        if ($method === null && method_exists($this, 'fallback')) {
            return $this->fallback($input);
        }
        if ($method === null || (!$method->isPayable && !$this->call()->value->isZero())) {
            throw Revert::withData('');
        }
        $host = $this->host();
        $host->isView = $method->isView;
        if ($method->isGuarded) {
            $host->enter();
        }
        $output = $method->call($this, substr($input, 4));
        if ($method->isGuarded) {
            $host->leave();
        }
        return $output;
    }

    /**
     * Another contract by an interface that has its methods, with the attributes of this one's:
     * `$this->at(Erc20::class, $address)->transfer($to, $amount)`. A call that reverts reverts this one with the same
     * data, unless its `Revert` is caught. Wasm tier.
     *
     * @template T of object
     * @param class-string<T> $interface
     * @param ?U256 $value sent along with each call
     * @return T
     */
    final protected function at(string $interface, Address $target, ?U256 $value = null): object
    {
        return Proxy::of($this, $interface, $target, $value);
    }

    final protected function call(): Call
    {
        return $this->host()->call;
    }

    final protected function sender(): Address
    {
        return $this->call()->sender;
    }

    /** Reverts with the reason unless the condition holds, like Solidity's `require`. */
    final protected function require(bool $condition, string $reason): void
    {
        if (!$condition) {
            throw Revert::because($reason);
        }
    }

    /**
     * Writes a log: the event's signature, its indexed arguments, and the others. The indexed ones come first in the
     * signature, or are marked in it: `Noted(string,address indexed)`.
     *
     * @param list<mixed> $indexed
     * @param list<mixed> $data
     */
    final protected function emit(string $signature, array $indexed, array $data): void
    {
        $event = Signature::of($signature);
        $types = $event->split(count($indexed));
        $topics = array_map(Abi::topic(...), $types['indexed'], $indexed);
        $this->host()->log([$event->hash, ...$topics], Abi::encode($types['data'], $data));
    }
}
