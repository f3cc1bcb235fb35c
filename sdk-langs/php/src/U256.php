<?php

declare(strict_types=1);

namespace DelChain;

/** An unsigned number of 256 bits: `uint256` in the ABI, and what the smaller unsigned types give. */
final class U256 extends Integer
{
    protected const TOP_MAX = 0xffffffff;
}
