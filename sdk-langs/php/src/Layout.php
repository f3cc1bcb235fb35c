<?php

declare(strict_types=1);

namespace DelChain;

/**
 * A contract's state variables by name, at the slots and offsets that Solidity's compiler gives them in this order:
 *
 *     $this->state = new Layout($this, ['owner' => 'address', 'count' => 'uint64', 'names' => 'string[]']);
 *     $this->state->count->set(1);
 *
 * Structs are written out: `'deposits' => 'mapping(address => (uint64 since, uint256 amount))'`.
 */
final class Layout
{
    /** @var array<string, Storage> */
    private array $variables = [];

    /** @param array<string, string> $types */
    public function __construct(Contract $contract, array $types)
    {
        foreach ((new Placement($types))->places as $name => [$type, $slot, $offset]) {
            $this->variables[$name] = Storage::of($contract, $type, $slot, $offset);
        }
    }

    public function __get(string $name): Storage
    {
        return $this->variables[$name] ?? throw new \LogicException("the layout has no variable \"$name\"");
    }
}
