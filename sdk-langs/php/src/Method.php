<?php

declare(strict_types=1);

namespace DelChain;

/** A public method of a contract as the ABI sees it. */
final class Method
{
    /** Where `integers` and `enums` have the result. */
    private const RESULT = -1;

    private function __construct(
        private readonly string $name,
        public readonly string $selector,
        /** @var array<string, AbiType> by the parameters' names */
        private readonly array $parameters,
        /** @var list<AbiType> */
        private readonly array $results,
        /** Places of the parameters that are PHP's own integers, and -1 for the result. @var list<int> */
        private readonly array $integers,
        /** Enums by the places of parameters, and by -1 for the result. @var array<int, class-string<\BackedEnum>> */
        private readonly array $enums,
        public readonly bool $isConstructor,
        public readonly bool $isPayable,
        public readonly bool $isView,
        public readonly bool $isGuarded,
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

    /**
     * The one that runs at the deployment of a class, if it has one.
     *
     * @param class-string<Contract> $class
     */
    public static function constructorOf(string $class): ?self
    {
        foreach ((new \ReflectionClass($class))->getMethods(\ReflectionMethod::IS_PUBLIC) as $method) {
            if ($method->getAttributes(Constructor::class) !== []) {
                return self::of($method);
            }
        }
        return null;
    }

    /** Decodes the arguments, calls, and encodes the result. */
    public function call(Contract $contract, string $input): string
    {
        $arguments = Abi::decode(array_values($this->parameters), $input);
        foreach ($this->integers as $index) {
            if ($index !== self::RESULT) {
                $arguments[$index] = self::integer($arguments[$index]);
            }
        }
        foreach ($this->enums as $index => $enum) {
            if ($index !== self::RESULT) {
                $arguments[$index] = self::case($enum, $arguments[$index]);
            }
        }
        $result = $contract->{$this->name}(...$arguments);
        return match (count($this->results)) {
            0 => '',
            1 => Abi::encode($this->results, [$result]),
            default => Abi::encode($this->results, array_values($result)),
        };
    }

    /**
     * Calldata for a call of it in another contract.
     *
     * @param list<mixed> $arguments
     */
    public function encodeCall(array $arguments): string
    {
        return $this->selector . Abi::encode(array_values($this->parameters), $arguments);
    }

    /** What another contract returned, as this method's own result. */
    public function decodeResult(string $output): mixed
    {
        $values = Abi::decode($this->results, $output);
        return match (true) {
            $values === [] => null,
            count($values) > 1 => $values,
            isset($this->enums[self::RESULT]) => self::case($this->enums[self::RESULT], $values[0]),
            in_array(self::RESULT, $this->integers, true) => self::integer($values[0]),
            default => $values[0],
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
        $returned = $method->getReturnType();
        $integers = [];
        $enums = [];
        if ((string) $returned === 'int') {
            $integers[] = self::RESULT;
        } elseif (Abi::isEnum($returned)) {
            $enums[self::RESULT] = $returned->getName();
        }
        foreach ($method->getParameters() as $index => $parameter) {
            $name = $parameter->getName();
            $type = $parameter->getType();
            $attributes = $parameter->getAttributes(Type::class);
            $parameters[$name] = AbiType::of($attributes === []
                ? Abi::typeOf($type, "$where, parameter \$$name")
                : $attributes[0]->newInstance()->type);
            if ((string) $type === 'int') {
                $integers[] = $index;
            } elseif (Abi::isEnum($type)) {
                $enums[$index] = $type->getName();
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
            $enums,
            isset($marks[Constructor::class]),
            isset($marks[Payable::class]),
            isset($marks[View::class]),
            isset($marks[NonReentrant::class]),
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

    /** What Solidity's type holds and PHP's does not is refused like any other value out of bounds. */
    private static function integer(U256|I256 $value): int
    {
        return $value->asInt() ?? throw Revert::withData('');
    }

    /** Solidity refuses a number that no member of the enum has, too. */
    private static function case(string $enum, U256 $value): \BackedEnum
    {
        return $enum::tryFrom($value->toInt()) ?? throw Revert::withData('');
    }
}
