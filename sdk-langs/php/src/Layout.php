<?php

declare(strict_types=1);

namespace DelChain;

/**
 * A contract's state variables by name, at the slots and offsets that Solidity's compiler gives them in this order:
 *
 *     $this->state = new Layout($this, ['owner' => 'address', 'count' => 'uint64', 'names' => 'string[]']);
 *     $this->state->count->set(1);
 */
final class Layout
{
    /** @var array<string, Storage> */
    private array $variables = [];

    /** @param array<string, string> $types */
    public function __construct(Contract $contract, array $types)
    {
        $slot = 0;
        $offset = 0;
        foreach ($types as $name => $type) {
            $width = Storage::width($type);
            if ($offset + $width > 32) {
                $slot++;
                $offset = 0;
            }
            $this->variables[$name] = Storage::of($contract, $type, $slot, $offset);
            $offset += $width;
        }
    }

    public function __get(string $name): Storage
    {
        return $this->variables[$name] ?? throw new \LogicException("the layout has no variable \"$name\"");
    }
}
