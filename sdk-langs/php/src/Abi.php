<?php

declare(strict_types=1);

namespace DelChain;

/** Solidity's ABI (specification, "Formal Specification of the Encoding"). `Type` says which PHP values stand for what. */
final class Abi
{
    /** What PHP's own types stand for. */
    private const TYPES = [
        Address::class => 'address',
        U256::class => 'uint256',
        I256::class => 'int256',
        Bytes32::class => 'bytes32',
        'bool' => 'bool',
        'int' => 'uint64',
        'string' => 'string',
    ];

    /** The ABI type of a parameter or a result; throws a `LogicException` for one that has none. */
    public static function typeOf(?\ReflectionType $type, string $where): string
    {
        if (self::isEnum($type)) {
            return 'uint8';
        }
        $name = $type instanceof \ReflectionNamedType && !$type->allowsNull() ? $type->getName() : (string) $type;
        return self::TYPES[$name] ?? throw new \LogicException(
            "$where has the type \"$name\"; the ABI has " . implode(', ', array_keys(self::TYPES))
                . ', and by the attributes Type and Returns every other',
        );
    }

    /** An enum whose cases are numbers is Solidity's, a `uint8`. */
    public static function isEnum(?\ReflectionType $type): bool
    {
        return $type instanceof \ReflectionNamedType && !$type->allowsNull() && !$type->isBuiltin()
            && enum_exists($type->getName())
            && (string) (new \ReflectionEnum($type->getName()))->getBackingType() === 'int';
    }

    /**
     * @param list<string|AbiType> $types
     * @param list<mixed> $values
     */
    public static function encode(array $types, array $values): string
    {
        return self::encodeAll(array_map(AbiType::of(...), $types), $values);
    }

    /**
     * Calldata for a call of another contract: `Abi::encodeCall('transfer(address,uint256)', $to, $amount)`. Types are
     * the ABI's names.
     */
    public static function encodeCall(string $signature, mixed ...$values): string
    {
        $read = Signature::of($signature);
        return substr($read->hash, 0, 4) . self::encode($read->types, array_values($values));
    }

    /**
     * Throws an empty `Revert` for what does not decode, as Solidity's decoder does.
     *
     * @param list<string|AbiType> $types
     * @return list<mixed>
     */
    public static function decode(array $types, string $data): array
    {
        return self::decodeAll(array_map(AbiType::of(...), $types), $data, 0);
    }

    /** A value of one word, as topics and mapping keys have it. */
    public static function encodeWord(AbiType $type, mixed $value): string
    {
        return match ($type->kind) {
            'address' => $value->word(),
            'bool' => self::number((int) $value),
            'fixed' => self::fixed($type, $value instanceof Bytes32 ? $value->bytes : $value),
            'uint', 'int' => self::integer($type, $value),
        };
    }

    public static function decodeWord(AbiType $type, string $word): mixed
    {
        $bytes = $type->bytes;
        switch ($type->kind) {
            case 'address':
                return new Address(substr(self::filled($word, 0, 12, "\0"), 12));
            case 'bool':
                return self::size($word, 1) === 1;
            case 'fixed':
                $value = substr(self::filled($word, $bytes, 32 - $bytes, "\0"), 0, $bytes);
                return $bytes === 32 ? new Bytes32($value) : $value;
            case 'uint':
                return U256::fromWord(self::filled($word, 0, 32 - $bytes, "\0"));
            default:
                $isNegative = ord($word[32 - $bytes]) >= 128;
                return I256::fromWord(self::filled($word, 0, 32 - $bytes, $isNegative ? "\xff" : "\0"));
        }
    }

    /** What Solidity hashes or takes as it is for a topic. */
    public static function topic(AbiType $type, mixed $value): string
    {
        return match ($type->kind) {
            'bytes', 'string' => Keccak::hash($value),
            'array', 'tuple' => throw new \LogicException("an indexed $type->name has no topic here; index its hash"),
            default => self::encodeWord($type, $value),
        };
    }

    /**
     * @param list<AbiType> $types
     * @param list<mixed> $values
     */
    private static function encodeAll(array $types, array $values): string
    {
        if (count($types) !== count($values)) {
            throw new \LogicException(count($values) . ' values for ' . count($types) . ' types');
        }
        $head = '';
        $tail = '';
        $words = AbiType::words($types);
        foreach ($types as $index => $type) {
            if ($type->isDynamic) {
                $head .= self::number(32 * $words + strlen($tail));
                $tail .= self::encodeBody($type, $values[$index]);
            } else {
                $head .= self::encodeBody($type, $values[$index]);
            }
        }
        return $head . $tail;
    }

    /** A value without the offset to it. */
    private static function encodeBody(AbiType $type, mixed $value): string
    {
        switch ($type->kind) {
            case 'bytes':
            case 'string':
                $padded = intdiv(strlen($value) + 31, 32) * 32;
                return self::number(strlen($value)) . str_pad($value, $padded, "\0");
            case 'tuple':
                return self::encodeAll($type->fields, array_values($value));
            case 'array':
                $count = $type->length ?? count($value);
                $elements = self::encodeAll(array_fill(0, $count, $type->element), array_values($value));
                return ($type->length === null ? self::number($count) : '') . $elements;
            default:
                return self::encodeWord($type, $value);
        }
    }

    /**
     * @param list<AbiType> $types
     * @return list<mixed>
     */
    private static function decodeAll(array $types, string $data, int $base): array
    {
        if (strlen($data) - $base < 32 * AbiType::words($types)) {
            throw Revert::withData('');
        }
        $values = [];
        $at = $base;
        foreach ($types as $type) {
            $start = $type->isDynamic ? $base + self::size(substr($data, $at, 32), strlen($data) - $base) : $at;
            $values[] = self::decodeBody($type, $data, $start);
            $at += 32 * $type->size;
        }
        return $values;
    }

    private static function decodeBody(AbiType $type, string $data, int $at): mixed
    {
        $left = strlen($data) - $at;
        switch ($type->kind) {
            case 'bytes':
            case 'string':
                $length = self::size(substr($data, $at, 32), $left - 32);
                return substr($data, $at + 32, $length);
            case 'tuple':
                return self::decodeAll($type->fields, $data, $at);
            case 'array':
                $count = $type->length ?? self::size(substr($data, $at, 32), intdiv($left - 32, 32 * $type->element->size));
                $start = $type->length === null ? $at + 32 : $at;
                return $count === 0 ? [] : self::decodeAll(array_fill(0, $count, $type->element), $data, $start);
            default:
                return self::decodeWord($type, substr($data, $at, 32));
        }
    }

    /** A length or an offset that is at most `most`; an empty revert where the word is not whole. */
    private static function size(string $word, int $most): int
    {
        [$top, $high, $middle, $low] = strlen($word) < 32 ? [1, 0, 0, 0] : array_values(unpack('J4', $word));
        if (($top | $high | $middle) !== 0 || $low < 0 || $low > $most) {
            throw Revert::withData('');
        }
        return $low;
    }

    /** The word, of which these bytes must be `byte`. */
    private static function filled(string $word, int $from, int $count, string $byte): string
    {
        if (strspn($word, $byte, $from, $count) < $count) {
            throw Revert::withData('');
        }
        return $word;
    }

    private static function fixed(AbiType $type, string $bytes): string
    {
        if (strlen($bytes) !== $type->bytes) {
            throw new \LogicException("a $type->name has $type->bytes bytes, not " . strlen($bytes));
        }
        return str_pad($bytes, 32, "\0");
    }

    /** Panics beyond the type's bounds. */
    private static function integer(AbiType $type, int|Integer|\BackedEnum $value): string
    {
        $value = $value instanceof \BackedEnum ? $value->value : $value;
        $value = $type->kind === 'int' ? I256::of($value) : U256::of($value);
        return ($type->bytes === 32 ? $value : $value->fit(8 * $type->bytes))->word();
    }

    private static function number(int $value): string
    {
        return str_repeat("\0", 24) . pack('J', $value);
    }
}
