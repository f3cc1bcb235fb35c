<?php

declare(strict_types=1);

use DelChain\Address;
use DelChain\Bytes32;
use DelChain\Constructor;
use DelChain\Contract;
use DelChain\U256;

/** One method for each type of the ABI. */
final class Types extends Contract
{
    #[Constructor]
    public function start(int $number): void
    {
        $this->require($number !== 7, 'seven');
    }

    public function greet(string $name, string $mark): string
    {
        return "Hello $name$mark";
    }

    public function mixed(bool $flag, int $number, Bytes32 $word, Address $who, string $text): U256
    {
        return U256::of(($flag ? 1 : 0) + $number + strlen($text) + ord($word->bytes[31]) + ord($who->bytes[19]));
    }

    public function not(bool $flag): bool
    {
        return !$flag;
    }

    public function next(int $number): int
    {
        return $number + 1;
    }

    public function same(Bytes32 $word): Bytes32
    {
        return $word;
    }

    public function me(): Address
    {
        return $this->sender();
    }
}
