<?php

declare(strict_types=1);

use DelChain\{Contract, Layout, Returns, Type, U256, View};

/** Fills slots in a loop, with a part in another file. The lines that tests name are counted from 1. */
final class Barrel extends Contract
{
    public function fill(U256 $count, U256 $limit): U256
    {
        $kept = (new Layout($this, ['kept' => 'mapping(uint256 => uint256)']))->kept;
        for ($i = 0; $i < $count->toInt(); $i++) {
            $kept->at(U256::of($i))->set(Part::after($i));
            $this->require(U256::of($i) < $limit, 'too many');
        }
        return $count;
    }

    #[View]
    #[Returns('uint64')]
    public function ratio(#[Type('uint64')] int $x): int
    {
        if ($x > 5) {
            return $x - 6;
        }
        return Part::ofTen($x);
    }
}
