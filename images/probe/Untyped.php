<?php

declare(strict_types=1);

use DelChain\Contract;

/** What no ABI can say: refused when the container starts. */
final class Untyped extends Contract
{
    public function ask(?array $what): void
    {
    }
}
