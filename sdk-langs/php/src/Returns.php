<?php

declare(strict_types=1);

namespace DelChain;

/** Says a method's results by their ABI types; with several, the method returns a list of them. */
#[\Attribute(\Attribute::TARGET_METHOD)]
final class Returns
{
    /** @var list<string> */
    public readonly array $types;

    public function __construct(string ...$types)
    {
        $this->types = array_values($types);
    }
}
