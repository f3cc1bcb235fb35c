<?php

declare(strict_types=1);

namespace DelChain;

/**
 * Solidity's ABI (specification, "Formal Specification of the Encoding") for the types that PHP's own types stand for:
 * `Address` address, `U256` uint256, `Bytes32` bytes32, `Bytes` bytes, `bool` bool, `int` uint64, `string` string.
 */
final class Abi
{
    private const TYPES = [
        Address::class => 'address',
        U256::class => 'uint256',
        Bytes32::class => 'bytes32',
        Bytes::class => 'bytes',
        'bool' => 'bool',
        'int' => 'uint64',
        'string' => 'string',
    ];

    /** The ABI type of a parameter or a result; throws a `LogicException` for one that has none. */
    public static function typeOf(?\ReflectionType $type, string $where): string
    {
        $name = $type instanceof \ReflectionNamedType && !$type->allowsNull() ? $type->getName() : (string) $type;
        return self::TYPES[$name] ?? throw new \LogicException(
            "$where has the type \"$name\"; the ABI has " . implode(', ', array_keys(self::TYPES)),
        );
    }

    /**
     * @param list<string> $types
     * @param list<mixed> $values
     */
    public static function encode(array $types, array $values): string
    {
        $head = '';
        $tail = '';
        foreach ($types as $index => $type) {
            if ($type === 'string' || $type === 'bytes') {
                $bytes = $type === 'bytes' ? $values[$index]->bytes : $values[$index];
                $head .= self::number(32 * count($types) + strlen($tail));
                $padded = intdiv(strlen($bytes) + 31, 32) * 32;
                $tail .= self::number(strlen($bytes)) . str_pad($bytes, $padded, "\0");
            } else {
                $head .= self::encodeWord($type, $values[$index]);
            }
        }
        return $head . $tail;
    }

    /**
     * Calldata for a call of another contract: `Abi::encodeCall('transfer(address,uint256)', $to, $amount)`. Types are
     * the ABI's names.
     */
    public static function encodeCall(string $signature, mixed ...$values): string
    {
        $list = substr($signature, strpos($signature, '(') + 1, -1);
        return substr(Keccak::hash($signature), 0, 4) . self::encode($list === '' ? [] : explode(',', $list), $values);
    }

    /**
     * Throws an empty `Revert` for what does not decode, as Solidity's decoder does.
     *
     * @param list<string> $types
     * @return list<mixed>
     */
    public static function decode(array $types, string $data): array
    {
        if (strlen($data) < 32 * count($types)) {
            throw Revert::withData('');
        }
        $values = [];
        foreach ($types as $index => $type) {
            $word = substr($data, 32 * $index, 32);
            $values[] = match ($type) {
                'string' => self::decodeString($data, $word),
                'bytes' => new Bytes(self::decodeString($data, $word)),
                default => self::decodeWord($type, $word),
            };
        }
        return $values;
    }

    private static function encodeWord(string $type, mixed $value): string
    {
        return match ($type) {
            'address' => $value->word(),
            'uint256' => $value->word(),
            'bytes32' => $value->bytes,
            'bool' => self::number((int) $value),
            'uint64' => self::number($value),
        };
    }

    private static function decodeWord(string $type, string $word): mixed
    {
        return match ($type) {
            'address' => new Address(substr(self::leadingZeros($word, 12), 12)),
            'uint256' => U256::fromWord($word),
            'bytes32' => new Bytes32($word),
            'bool' => self::integer($word, 1) === 1,
            'uint64' => self::integer($word, PHP_INT_MAX),
        };
    }

    private static function decodeString(string $data, string $offsetWord): string
    {
        $offset = self::integer($offsetWord, strlen($data) - 32);
        $length = self::integer(substr($data, $offset, 32), strlen($data) - $offset - 32);
        return substr($data, $offset + 32, $length);
    }

    /** A number that is at most `most`, which is below 2^63. */
    private static function integer(string $word, int $most): int
    {
        [$top, $high, $middle, $low] = array_values(unpack('J4', $word));
        if (($top | $high | $middle) !== 0 || $low < 0 || $low > $most) {
            throw Revert::withData('');
        }
        return $low;
    }

    private static function leadingZeros(string $word, int $count): string
    {
        if (strspn($word, "\0") < $count) {
            throw Revert::withData('');
        }
        return $word;
    }

    private static function number(int $value): string
    {
        return str_repeat("\0", 24) . pack('J', $value);
    }
}
