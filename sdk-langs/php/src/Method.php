<?php

declare(strict_types=1);

namespace DelChain;

/** A public method of a contract as the ABI sees it. */
final class Method
{
    private function __construct(
        private readonly string $name,
        public readonly string $selector,
        public readonly bool $isConstructor,
        public readonly bool $isPayable,
        private readonly bool $isView,
        /** @var array<string, string> types by the parameters' names */
        private readonly array $parameters,
        /** @var list<string> */
        private readonly array $results,
    ) {
    }

    public static function of(\ReflectionMethod $method): self
    {
        $where = $method->class . '::' . $method->name;
        $parameters = [];
        foreach ($method->getParameters() as $parameter) {
            $name = $parameter->getName();
            $parameters[$name] = Abi::typeOf($parameter->getType(), "$where, parameter \$$name");
        }
        $returns = $method->getReturnType();
        $results = (string) $returns === 'void' ? [] : [Abi::typeOf($returns, "the result of $where")];
        $signature = $method->name . '(' . implode(',', $parameters) . ')';
        $has = fn (string $attribute): bool => $method->getAttributes($attribute) !== [];
        return new self(
            $method->name,
            substr(Keccak::hash($signature), 0, 4),
            $has(Constructor::class),
            $has(Payable::class),
            $has(View::class),
            $parameters,
            $results,
        );
    }

    /** Decodes the arguments, calls, and encodes the result. */
    public function call(Contract $contract, string $arguments): string
    {
        $result = $contract->{$this->name}(...Abi::decode(array_values($this->parameters), $arguments));
        return $this->results === [] ? '' : Abi::encode($this->results, [$result]);
    }

    /**
     * Its entry in the contract's ABI, as Solidity's compiler writes it.
     *
     * @return array<string, mixed>
     */
    public function describe(): array
    {
        $inputs = [];
        foreach ($this->parameters as $name => $type) {
            $inputs[] = ['name' => $name, 'type' => $type];
        }
        $mutability = match (true) {
            $this->isPayable => 'payable',
            $this->isView => 'view',
            default => 'nonpayable',
        };
        if ($this->isConstructor) {
            return ['type' => 'constructor', 'inputs' => $inputs, 'stateMutability' => $mutability];
        }
        return [
            'type' => 'function',
            'name' => $this->name,
            'inputs' => $inputs,
            'outputs' => array_map(fn (string $type): array => ['name' => '', 'type' => $type], $this->results),
            'stateMutability' => $mutability,
        ];
    }
}
