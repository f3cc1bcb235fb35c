<?php

declare(strict_types=1);

namespace DelChain;

/** An event's or an error's signature, read once: `Transfer(address indexed,address indexed,uint256)`. */
final class Signature
{
    private const MARK = ' indexed';

    /** @var array<string, self> */
    private static array $known = [];

    private function __construct(
        /** keccak-256 of it without marks. */
        public readonly string $hash,
        /** @var list<AbiType> */
        public readonly array $types,
        /** @var list<bool> */
        private readonly array $marks,
    ) {
    }

    public static function of(string $signature): self
    {
        return self::$known[$signature] ??= self::read($signature);
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
        $types = [];
        $marks = [];
        $names = [];
        foreach (AbiType::split($match[2]) as $part) {
            $isMarked = str_ends_with($part, self::MARK);
            $type = AbiType::of($isMarked ? substr($part, 0, -strlen(self::MARK)) : $part);
            $types[] = $type;
            $marks[] = $isMarked;
            $names[] = $type->name;
        }
        return new self(Keccak::hash("$match[1](" . implode(',', $names) . ')'), $types, $marks);
    }
}
