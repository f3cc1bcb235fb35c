<?php

declare(strict_types=1);

namespace DelChain;

/** Where Solidity's compiler puts variables that stand one after the other, in a contract or in a struct. */
final class Placement
{
    /** @var array<string, self> */
    private static array $structs = [];

    /** @var array<string, array{string, int, int}> type, slot and offset by name */
    public readonly array $places;

    /** How many slots they take together. */
    public readonly int $slots;

    /** @param array<string, string> $types by name */
    public function __construct(array $types)
    {
        $places = [];
        $slot = 0;
        $offset = 0;
        foreach ($types as $name => $type) {
            $struct = self::ofStruct($type);
            $width = $struct === null ? Storage::width($type) : Storage::SLOT_BYTES;
            if ($offset + $width > Storage::SLOT_BYTES) {
                $slot++;
                $offset = 0;
            }
            $places[$name] = [$type, $slot, $offset];
            $offset += $width;
            $slot += $struct === null ? 0 : $struct->slots - 1;
        }
        $this->places = $places;
        $this->slots = $slot + ($offset > 0 ? 1 : 0);
    }

    /** Of the fields of `(uint64 since, uint256 amount)`; null for what is no struct. */
    public static function ofStruct(string $type): ?self
    {
        if ($type[0] !== '(' || $type[-1] !== ')') {
            return null;
        }
        return self::$structs[$type] ??= new self(self::fields($type));
    }

    /** @return array<string, string> types by name */
    private static function fields(string $type): array
    {
        $fields = [];
        foreach (AbiType::split(substr($type, 1, -1)) as $field) {
            if (preg_match('/^(.+) (\w+)$/', $field, $match) !== 1 || isset($fields[$match[2]])) {
                throw new \LogicException("\"$field\" is no field of the struct $type; write a type and a name of its own");
            }
            $fields[$match[2]] = $match[1];
        }
        return $fields;
    }
}
