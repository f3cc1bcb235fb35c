<?php

declare(strict_types=1);

namespace DelChain;

/** A public method of a contract as the ABI sees it. */
final class Method
{
    private function __construct(
        private readonly string $name,
        public readonly string $selector,
        /** @var array<string, AbiType> by the parameters' names */
        private readonly array $parameters,
        /** @var list<AbiType> */
        private readonly array $results,
        /** Places of the parameters that are PHP's own integers. @var list<int> */
        private readonly array $integers,
        public readonly bool $isConstructor,
        public readonly bool $isPayable,
        public readonly bool $isView,
    ) {
    }

    /** Throws a `Mistake` for what no ABI can say. */
    public static function of(\ReflectionMethod $method): self
    {
        try {
            return self::read($method);
        } catch (\LogicException $error) {
            throw Mistake::at($method, $error->getMessage());
        }
    }

    /** Decodes the arguments, calls, and encodes the result. */
    public function call(Contract $contract, string $input): string
    {
        $arguments = Abi::decode(array_values($this->parameters), $input);
        foreach ($this->integers as $index) {
            // What Solidity's type holds and PHP's does not is refused like any other value out of bounds.
            $arguments[$index] = $arguments[$index]->asInt() ?? throw Revert::withData('');
        }
        $result = $contract->{$this->name}(...$arguments);
        return match (count($this->results)) {
            0 => '',
            1 => Abi::encode($this->results, [$result]),
            default => Abi::encode($this->results, array_values($result)),
        };
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
            $inputs[] = $type->describe($name);
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
            'outputs' => array_map(fn (AbiType $type): array => $type->describe(''), $this->results),
            'stateMutability' => $mutability,
        ];
    }

    private static function read(\ReflectionMethod $method): self
    {
        $where = $method->class . '::' . $method->name;
        $parameters = [];
        $integers = [];
        foreach ($method->getParameters() as $index => $parameter) {
            $name = $parameter->getName();
            $type = $parameter->getType();
            $attributes = $parameter->getAttributes(Type::class);
            $parameters[$name] = AbiType::of($attributes === []
                ? Abi::typeOf($type, "$where, parameter \$$name")
                : $attributes[0]->newInstance()->type);
            if ((string) $type === 'int') {
                $integers[] = $index;
            }
        }
        $names = array_map(fn (AbiType $type): string => $type->name, $parameters);
        $signature = $method->name . '(' . implode(',', $names) . ')';
        $marks = [];
        foreach ($method->getAttributes() as $mark) {
            $marks[$mark->getName()] = $mark;
        }
        return new self(
            $method->name,
            substr(Keccak::hash($signature), 0, 4),
            $parameters,
            self::results($method, $where, $marks[Returns::class] ?? null),
            $integers,
            isset($marks[Constructor::class]),
            isset($marks[Payable::class]),
            isset($marks[View::class]),
        );
    }

    /** @return list<AbiType> */
    private static function results(\ReflectionMethod $method, string $where, ?\ReflectionAttribute $returns): array
    {
        if ($returns !== null) {
            return array_map(AbiType::of(...), $returns->newInstance()->types);
        }
        $type = $method->getReturnType();
        return (string) $type === 'void' ? [] : [AbiType::of(Abi::typeOf($type, "the result of $where"))];
    }
}
