<?php

declare(strict_types=1);

namespace DelChain;

/** A type of Solidity's ABI, read from its name. Made when the container starts, and looked up by name afterwards. */
final class AbiType
{
    private const WORD_BYTES = 32;

    /** @var array<string, self> */
    private static array $known = [];

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
    }

    /** Throws a `LogicException` for what is no type. */
    public static function of(string $name): self
    {
        return self::$known[$name] ??= self::read($name);
    }

    /**
     * @param list<self> $types
     */
    public static function words(array $types): int
    {
        return array_sum(array_map(fn (self $type): int => $type->size(), $types));
    }

    /** Whether the value lies behind an offset. */
    public function isDynamic(): bool
    {
        return match ($this->kind) {
            'bytes', 'string' => true,
            'array' => $this->length === null || $this->element->isDynamic(),
            'tuple' => array_filter($this->fields, fn (self $field): bool => $field->isDynamic()) !== [],
            default => false,
        };
    }

    /** How many words the value takes in place. */
    public function size(): int
    {
        return match (true) {
            $this->isDynamic() => 1,
            $this->kind === 'array' => $this->length * $this->element->size(),
            $this->kind === 'tuple' => self::words($this->fields),
            default => 1,
        };
    }

    /** Splits at commas that are in no parentheses. */
    public static function split(string $list): array
    {
        $parts = [];
        $depth = 0;
        $part = '';
        foreach ($list === '' ? [] : str_split($list) as $character) {
            $depth += ['(' => 1, ')' => -1][$character] ?? 0;
            if ($character === ',' && $depth === 0) {
                $parts[] = trim($part);
                $part = '';
            } else {
                $part .= $character;
            }
        }
        return $list === '' ? [] : [...$parts, trim($part)];
    }

    private static function read(string $name): self
    {
        if (preg_match('/^(.+)\[(\d*)\]$/', $name, $match) === 1 && $match[2] !== '0') {
            $length = $match[2] === '' ? null : (int) $match[2];
            return new self($name, 'array', element: self::of($match[1]), length: $length);
        }
        if (str_starts_with($name, '(') && str_ends_with($name, ')')) {
            $fields = array_map(self::of(...), self::split(substr($name, 1, -1)));
            return new self($name, 'tuple', fields: $fields);
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
