<?php

declare(strict_types=1);

namespace DelChain;

/** Random numbers from a call's seed: the same on every host, and in every SDK (sdk-langs/abi/random.json). */
final class Random
{
    private const MAX = '115792089237316195423570985008687907853269984665640564039457584007913129639935';

    private int $blocks = 0;

    private string $drawn = '';

    public function __construct(private readonly Bytes32 $seed)
    {
    }

    /** Block n of the stream is keccak256("delchain.random" || seed || u64 n); what was drawn is not drawn again. */
    public function bytes(int $length): string
    {
        while (strlen($this->drawn) < $length) {
            $this->drawn .= Keccak::hash('delchain.random' . $this->seed->bytes . pack('J', $this->blocks++));
        }
        $bytes = substr($this->drawn, 0, $length);
        $this->drawn = substr($this->drawn, $length);
        return $bytes;
    }

    public function u256(): U256
    {
        return U256::fromWord($this->bytes(32));
    }

    /** 0 to `bound` - 1, each as likely as any other: draws beyond the last whole multiple of the bound are drawn again. */
    public function below(int|U256 $bound): U256
    {
        $bound = U256::of($bound);
        if ($bound->isZero()) {
            throw Revert::because('a random number below 0');
        }
        $max = U256::of(self::MAX);
        $last = $max->sub($max->mod($bound)->add(1)->mod($bound));
        do {
            $drawn = $this->u256();
        } while ($drawn > $last);
        return $drawn->mod($bound);
    }
}
