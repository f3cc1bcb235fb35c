<?php

declare(strict_types=1);

namespace DelChain;

/** An event's or an error's signature, read once: `Transfer(address indexed,address indexed,uint256)`. */
final class Signature
{
    /** @var array<string, self> */
    private static array $known = [];

    private function __construct(
        /** keccak-256 of it without marks. */
        public readonly string $hash,
        /** @var list<AbiType> */
        private readonly array $types,
        /** @var list<bool> */
        private readonly array $marks,
    ) {
    }

    public static function of(string $signature): self
    {
        return self::$known[$signature] ??= self::read($signature);
    }

    /** @return list<string> */
    public function names(): array
    {
        return array_map(fn (AbiType $type): string => $type->name, $this->types);
    }

    /**
     * The types of topics and of data. Without a mark the first ones are the topics.
     *
     * @return array{indexed: list<AbiType>, data: list<AbiType>}
     */
    public function split(int $topics): array
    {
        $split = ['indexed' => [], 'data' => []];
        $isMarked = in_array(true, $this->marks, true);
        foreach ($this->types as $index => $type) {
            $split[($isMarked ? $this->marks[$index] : $index < $topics) ? 'indexed' : 'data'][] = $type;
        }
        if (count($split['indexed']) !== $topics) {
            throw new \LogicException("$topics indexed values for " . count($split['indexed']) . ' indexed types');
        }
        return $split;
    }

    private static function read(string $signature): self
    {
        if (preg_match('/^(\w+)\((.*)\)$/', $signature, $match) !== 1) {
            throw new \LogicException("\"$signature\" is no signature; write Name(type,type indexed)");
        }
        $parts = array_map(fn (string $part): array => explode(' ', $part), AbiType::split($match[2]));
        $types = array_map(fn (array $part): AbiType => AbiType::of($part[0]), $parts);
        $marks = array_map(fn (array $part): bool => ($part[1] ?? '') === 'indexed', $parts);
        $names = array_map(fn (AbiType $type): string => $type->name, $types);
        return new self(Keccak::hash("$match[1](" . implode(',', $names) . ')'), $types, $marks);
    }
}
