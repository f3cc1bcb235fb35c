<?php

declare(strict_types=1);

namespace DelChain;

/** Declares an event of a contract for its exported ABI: `#[Event('Transfer(address indexed from, uint256 value)')]`. */
#[\Attribute(\Attribute::TARGET_CLASS | \Attribute::IS_REPEATABLE)]
final class Event
{
    public function __construct(private readonly string $declaration)
    {
    }

    /**
     * Its entry in the contract's ABI, as Solidity's compiler writes it.
     *
     * @return array<string, mixed>
     */
    public function describe(): array
    {
        [$name, $parameters] = Declaration::of($this->declaration, 'event');
        $inputs = array_map(
            fn (array $one): array => [...$one[0]->describe($one[1]), 'indexed' => $one[2]],
            $parameters,
        );
        return ['type' => 'event', 'name' => $name, 'inputs' => $inputs, 'anonymous' => false];
    }
}
