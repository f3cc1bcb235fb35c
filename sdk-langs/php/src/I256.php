<?php

declare(strict_types=1);

namespace DelChain;

/** A number of 256 bits with a sign: `int256` in the ABI, and what the smaller signed types give. */
final class I256 extends Integer
{
    protected const TOP_MIN = -0x80000000;
    protected const TOP_MAX = 0x7fffffff;
}
