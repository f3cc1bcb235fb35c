<?php

declare(strict_types=1);

namespace DelChain;

/** Reads what declares an event or an error as Solidity does: `Transfer(address indexed from, uint256 value)`. */
final class Declaration
{
    /**
     * The name and, for each parameter, its type, its name and whether it is indexed.
     *
     * @return array{string, list<array{AbiType, string, bool}>}
     */
    public static function of(string $declaration, string $what): array
    {
        if (preg_match('/^(\w+)\((.*)\)$/', $declaration, $parts) !== 1) {
            throw new \LogicException("\"$declaration\" declares no $what");
        }
        $parameters = [];
        foreach (AbiType::split($parts[2]) as $parameter) {
            if (preg_match('/^(\(.*\)\S*|\S+)( indexed)?(?: (\w+))?$/', $parameter, $words) !== 1) {
                throw new \LogicException("\"$parameter\" is no parameter of an $what");
            }
            $parameters[] = [AbiType::of($words[1]), $words[3] ?? '', ($words[2] ?? '') !== ''];
        }
        return [$parts[1], $parameters];
    }
}
