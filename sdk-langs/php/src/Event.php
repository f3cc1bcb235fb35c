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
        if (preg_match('/^(\w+)\((.*)\)$/', $this->declaration, $parts) !== 1) {
            throw new \LogicException("\"$this->declaration\" declares no event");
        }
        $inputs = [];
        foreach (AbiType::split($parts[2]) as $parameter) {
            if (preg_match('/^(\(.*\)\S*|\S+)( indexed)?(?: (\w+))?$/', $parameter, $words) !== 1) {
                throw new \LogicException("\"$parameter\" is no parameter of an event");
            }
            $indexed = ($words[2] ?? '') !== '';
            $inputs[] = [...AbiType::of($words[1])->describe($words[3] ?? ''), 'indexed' => $indexed];
        }
        return ['type' => 'event', 'name' => $parts[1], 'inputs' => $inputs, 'anonymous' => false];
    }
}
