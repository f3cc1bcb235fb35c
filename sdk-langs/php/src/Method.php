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
    ) {
    }

    public static function of(\ReflectionMethod $method): self
    {
        $where = $method->class . '::' . $method->name;
        $parameters = array_map(
            fn (\ReflectionParameter $parameter): string =>
                Abi::typeOf($parameter->getType(), "$where, parameter \$" . $parameter->getName()),
            $method->getParameters(),
        );
        $returns = $method->getReturnType();
        $results = (string) $returns === 'void' ? [] : [Abi::typeOf($returns, "the result of $where")];
        $signature = $method->name . '(' . implode(',', $parameters) . ')';
        return new self($method->name, substr(Keccak::hash($signature), 0, 4), $parameters, $results);
    }

    /** Decodes the arguments, calls, and encodes the result. */
    public function call(Contract $contract, string $arguments): string
    {
        $result = $contract->{$this->name}(...Abi::decode($this->parameters, $arguments));
        return $this->results === [] ? '' : Abi::encode($this->results, [$result]);
    }
}
