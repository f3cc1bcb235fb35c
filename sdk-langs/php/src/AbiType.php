<?php

declare(strict_types=1);

namespace DelChain;

/** A type of Solidity's ABI, read from its name. Made once, and looked up by name afterwards. */
final class AbiType
{
    private const WORD_BYTES = 32;

    /** @var array<string, self> */
    private static array $known = [];

    /** Whether the value lies behind an offset. */
    public readonly bool $isDynamic;

    /** How many words the value takes in place. */
    public readonly int $size;

    private function __construct(
        public readonly string $name,
        /** `uint`, `int`, `bool`, `address`, `fixed` (bytesN), `bytes`, `string`, `array` or `tuple`. */
        public readonly string $kind,
        /** How many bytes a value of one word has. */
        public readonly int $bytes = 0,
        public readonly ?self $element = null,
        /** Of a fixed array. */
        public readonly ?int $length = null,
        /** @var list<self> */
        public readonly array $fields = [],
    ) {
        $this->isDynamic = match ($kind) {
            'bytes', 'string' => true,
            'array' => $length === null || $element->isDynamic,
            'tuple' => array_filter($fields, fn (self $field): bool => $field->isDynamic) !== [],
            default => false,
        };
        $this->size = match (true) {
            $this->isDynamic => 1,
            $kind === 'array' => $length * $element->size,
            $kind === 'tuple' => self::words($fields),
            default => 1,
        };
    }

    /** Throws a `LogicException` for what is no type. */
    public static function of(string|self $type): self
    {
        return $type instanceof self ? $type : self::$known[$type] ??= self::read($type);
    }

    /**
     * @param list<self> $types
     */
    public static function words(array $types): int
    {
        $words = 0;
        foreach ($types as $type) {
            $words += $type->size;
        }
        return $words;
    }

    /**
     * Its entry in a contract's ABI, as Solidity's compiler writes it.
     *
     * @return array<string, mixed>
     */
    public function describe(string $name): array
    {
        $inner = $this;
        $lengths = '';
        while ($inner->kind === 'array') {
            $lengths = "[$inner->length]$lengths";
            $inner = $inner->element;
        }
        if ($inner->kind !== 'tuple') {
            return ['name' => $name, 'type' => $this->name];
        }
        $components = array_map(fn (self $field): array => $field->describe(''), $inner->fields);
        return ['name' => $name, 'type' => "tuple$lengths", 'components' => $components];
    }

    /**
     * Splits at commas that are in no parentheses.
     *
     * @return list<string>
     */
    public static function split(string $list): array
    {
        if (!str_contains($list, '(')) {
            return $list === '' ? [] : array_map(trim(...), explode(',', $list));
        }
        $parts = [];
        $depth = 0;
        $part = '';
        foreach (str_split($list) as $character) {
            $depth += ['(' => 1, ')' => -1][$character] ?? 0;
            if ($character === ',' && $depth === 0) {
                $parts[] = trim($part);
                $part = '';
            } else {
                $part .= $character;
            }
        }
        return [...$parts, trim($part)];
    }

    private static function read(string $name): self
    {
        if (preg_match('/^(.+)\[(\d*)\]$/', $name, $match) === 1 && $match[2] !== '0') {
            $element = self::of($match[1]);
            $length = $match[2] === '' ? null : (int) $match[2];
            return new self("$element->name[$length]", 'array', element: $element, length: $length);
        }
        if (str_starts_with($name, '(') && str_ends_with($name, ')')) {
            $fields = array_map(self::of(...), self::split(substr($name, 1, -1)));
            $names = array_map(fn (self $field): string => $field->name, $fields);
            return new self('(' . implode(',', $names) . ')', 'tuple', fields: $fields);
        }
        if (preg_match('/^(u?int)(\d+)$/', $name, $match) === 1) {
            $bits = (int) $match[2];
            if ($bits % 8 === 0 && $bits >= 8 && $bits <= 256 && $match[2][0] !== '0') {
                return new self($name, $match[1], intdiv($bits, 8));
            }
        }
        if (preg_match('/^bytes([1-9]\d?)$/', $name, $match) === 1 && (int) $match[1] <= self::WORD_BYTES) {
            return new self($name, 'fixed', (int) $match[1]);
        }
        return match ($name) {
            'bool' => new self($name, 'bool', 1),
            'address' => new self($name, 'address', 20),
            'bytes', 'string' => new self($name, $name),
            default => throw new \LogicException("\"$name\" is no type of the ABI"),
        };
    }
}
