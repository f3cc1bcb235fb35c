<?php

declare(strict_types=1);

namespace DelChain;

/** Declares a custom error of a contract for its exported ABI: `#[CustomError('TooLow(address who, int256 score)')]`. */
#[\Attribute(\Attribute::TARGET_CLASS | \Attribute::IS_REPEATABLE)]
final class CustomError
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
        [$name, $parameters] = Declaration::of($this->declaration, 'error');
        $inputs = array_map(fn (array $one): array => $one[0]->describe($one[1]), $parameters);
        return ['type' => 'error', 'name' => $name, 'inputs' => $inputs];
    }
}
