<?php

declare(strict_types=1);

namespace DelChain;

/**
 * A contract in a `World`. Its methods are the contract's: `$token->transfer($to, U256::of(5))` calls for its owner,
 * `$token->by($friend)->transfer(…)` for another account, `$token->by($friend, value: 3)` with value.
 *
 * @template T of Contract
 * @mixin T
 */
final class Deployed
{
    /** @param class-string<T> $class */
    public function __construct(
        private readonly World $world,
        public readonly Address $address,
        private readonly string $class,
        public readonly Address $owner,
        private readonly ?Address $sender = null,
        private readonly int|U256 $value = 0,
    ) {
    }

    /** @return self<T> */
    public function by(Address $sender, int|U256 $value = 0): self
    {
        return new self($this->world, $this->address, $this->class, $this->owner, $sender, $value);
    }

    /** @param list<mixed> $arguments */
    public function __call(string $name, array $arguments): mixed
    {
        if (!method_exists($this->class, $name)) {
            throw new \BadMethodCallException("$this->class has no method $name");
        }
        $method = Method::of(new \ReflectionMethod($this->class, $name));
        $input = $method->encodeCall(array_values($arguments));
        $output = $this->world->send($this->sender ?? $this->owner, $this->address, $input, $this->value);
        return $method->decodeResult($output);
    }
}
