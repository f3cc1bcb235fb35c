<?php

declare(strict_types=1);

namespace DelChain;

/** A public method of a contract as the ABI sees it. */
final class Method
{
    private function __construct(
        private readonly string $name,
        public readonly string $selector,
        /** @var list<string> */
        private readonly array $parameters,
        /** @var list<string> */
        private readonly array $results,
        /** Places of the parameters that are PHP's own integers. @var list<int> */
        private readonly array $integers,
        public readonly bool $isView,
        public readonly bool $isPayable,
    ) {
    }

    /** Throws a `LogicException` that names file and line of what no ABI can say. */
    public static function of(\ReflectionMethod $method): self
    {
        $line = basename((string) $method->getFileName()) . ':' . $method->getStartLine();
        try {
            return self::read($method);
        } catch (\LogicException $error) {
            throw new \LogicException("$line: {$error->getMessage()}", 0, $error);
        }
    }

    /** Decodes the arguments, calls, and encodes the result. */
    public function call(Contract $contract, string $input): string
    {
        $arguments = Abi::decode($this->parameters, $input);
        foreach ($this->integers as $index) {
            // What Solidity's type holds and PHP's does not is refused like any other value out of bounds.
            if (gmp_cmp(gmp_abs($arguments[$index]), PHP_INT_MAX) > 0) {
                throw Revert::withData('');
            }
            $arguments[$index] = gmp_intval($arguments[$index]);
        }
        $result = $contract->{$this->name}(...$arguments);
        return match (count($this->results)) {
            0 => '',
            1 => Abi::encode($this->results, [$result]),
            default => Abi::encode($this->results, array_values($result)),
        };
    }

    private static function read(\ReflectionMethod $method): self
    {
        $where = $method->class . '::' . $method->name;
        $parameters = [];
        $integers = [];
        foreach ($method->getParameters() as $index => $parameter) {
            $attributes = $parameter->getAttributes(Type::class);
            $parameters[] = $attributes === []
                ? Abi::typeOf($parameter->getType(), "$where, parameter \$" . $parameter->getName())
                : AbiType::of($attributes[0]->newInstance()->type)->name;
            if ((string) $parameter->getType() === 'int') {
                $integers[] = $index;
            }
        }
        $signature = $method->name . '(' . implode(',', $parameters) . ')';
        return new self(
            $method->name,
            substr(Keccak::hash($signature), 0, 4),
            $parameters,
            self::results($method, $where),
            $integers,
            $method->getAttributes(View::class) !== [],
            $method->getAttributes(Payable::class) !== [],
        );
    }

    /** @return list<string> */
    private static function results(\ReflectionMethod $method, string $where): array
    {
        $returns = $method->getAttributes(Returns::class);
        if ($returns !== []) {
            return array_map(
                fn (string $type): string => AbiType::of($type)->name,
                $returns[0]->newInstance()->types,
            );
        }
        $type = $method->getReturnType();
        return (string) $type === 'void' ? [] : [Abi::typeOf($type, "the result of $where")];
    }
}
