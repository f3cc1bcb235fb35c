<?php

declare(strict_types=1);

namespace DelChain;

/** Another contract by an interface of PHP: what `Contract::at` gives. Its methods call with Solidity's ABI. */
final class Proxy
{
    /** @var array<class-string, array<string, Method>> by the methods' names */
    private static array $methods = [];

    /** @var array<class-string, \Closure(self): object> */
    private static array $makers = [];

    private function __construct(
        private readonly Contract $caller,
        private readonly string $interface,
        private readonly Address $target,
        private readonly ?U256 $value,
    ) {
    }

    /**
     * An object of the interface. PHP has no way to make one of a class that nobody wrote, so the class is written
     * here, once for each interface and call.
     */
    public static function of(Contract $caller, string $interface, Address $target, ?U256 $value): object
    {
        self::$makers[$interface] ??= self::maker($interface);
        return (self::$makers[$interface])(new self($caller, $interface, $target, $value));
    }

    /** @param list<mixed> $arguments */
    public function call(string $name, array $arguments): mixed
    {
        // Reading one costs more than most calls of it, so no other is read.
        $method = self::$methods[$this->interface][$name] ??= Method::of(new \ReflectionMethod($this->interface, $name));
        $host = $this->caller->host();
        $input = $method->encodeCall($arguments);
        $output = $method->isView
            ? $host->callStatic($this->target, $input)
            : $host->callContract($this->target, $input, $this->value);
        // Results that are not there do not decode; where none are wanted, Solidity looks for code too.
        if ($output === '' && $host->code($this->target) === '') {
            throw Revert::withData('');
        }
        return $method->decodeResult($output);
    }

    /** @return \Closure(self): object */
    private static function maker(string $interface): \Closure
    {
        if (!interface_exists($interface)) {
            throw new \LogicException("$interface is no interface; a contract is called by an interface of its methods");
        }
        $bodies = '';
        foreach ((new \ReflectionClass($interface))->getMethods() as $method) {
            $parameters = array_map(
                fn (\ReflectionParameter $one): string => "{$one->getType()} \${$one->name}",
                $method->getParameters(),
            );
            // Outside of every namespace, as the text is, a class's full name means itself.
            $result = (string) $method->getReturnType();
            $return = $result === 'void' ? '' : 'return ';
            $bodies .= "public function $method->name(" . implode(', ', $parameters) . "): $result"
                . " { $return\$this->proxy->call('$method->name', func_get_args()); }";
        }
        return eval("return static fn (\$proxy) => new class(\$proxy) implements \\$interface {"
            . 'public function __construct(private readonly object $proxy) {}' . "$bodies };");
    }
}
