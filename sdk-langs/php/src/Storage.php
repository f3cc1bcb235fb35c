<?php

declare(strict_types=1);

namespace DelChain;

/**
 * A place in storage by its Solidity type: `uint64`, `string`, `uint8[]`, `mapping(address => mapping(string =>
 * int256))`, `(uint64 since, uint256 amount)` for a struct. `get` and `set` for values, `at` for mappings and arrays,
 * `length`, `push` and `pop` for arrays, a struct's fields by name: `$deposit->since->set(1)`. Values are those that `Type`
 * names; a struct's are an array by name.
 */
final class Storage
{
    public const SLOT_BYTES = 32;

    private const PANIC_EMPTY_ARRAY = 0x31;
    private const PANIC_INDEX = 0x32;
    /** Values up to here lie several to a slot in an array. */
    private const PACKED_BYTES_MAX = 16;

    private function __construct(
        private readonly Contract $contract,
        private readonly string $type,
        private readonly string $slot,
        private readonly int $offset = 0,
    ) {
    }

    /** Throws a `LogicException` for what is no type of storage. */
    public static function of(Contract $contract, string $type, int $slot, int $offset = 0): self
    {
        self::check($type);
        return new self($contract, $type, U256::of($slot)->word(), $offset);
    }

    /** How many bytes a value takes that may share its slot; 32 for all others. */
    public static function width(string $type): int
    {
        $isWhole = str_ends_with($type, ']') || str_starts_with($type, 'mapping') || in_array($type, ['bytes', 'string'], true);
        return $isWhole ? 32 : AbiType::of($type)->bytes;
    }

    /** A field of a struct. */
    public function __get(string $name): self
    {
        [$type, $slot, $offset] = $this->struct()?->places[$name]
            ?? throw new \LogicException("\"$this->type\" has no field \"$name\"");
        return new self($this->contract, $type, self::plus($this->slot, $slot), $offset);
    }

    public function get(): mixed
    {
        $struct = $this->struct();
        if ($struct !== null) {
            $names = array_keys($struct->places);
            return array_combine($names, array_map(fn (string $name): mixed => $this->__get($name)->get(), $names));
        }
        if ($this->type === 'bytes' || $this->type === 'string') {
            return $this->load();
        }
        $type = AbiType::of($this->type);
        $word = $this->contract->host()->storageGet($this->slot);
        $bytes = substr($word, 32 - $this->offset - $type->bytes, $type->bytes);
        return Abi::decodeWord($type, self::widen($type, $bytes));
    }

    /** Of a struct, all of its fields: by name, or in their order. */
    public function set(mixed $value): void
    {
        $struct = $this->struct();
        if ($struct !== null) {
            $names = array_keys($struct->places);
            $values = array_is_list($value) ? array_combine($names, $value) : $value;
            foreach ($names as $name) {
                $this->__get($name)->set($values[$name]);
            }
            return;
        }
        if ($this->type === 'bytes' || $this->type === 'string') {
            $this->save($value);
            return;
        }
        $type = AbiType::of($this->type);
        $word = Abi::encodeWord($type, $value);
        $this->replace($type->kind === 'fixed' ? substr($word, 0, $type->bytes) : substr($word, 32 - $type->bytes));
    }

    /** The entry of a mapping, or the element of an array; an index out of range panics. */
    public function at(mixed $key): self
    {
        if (preg_match('/^mapping\((\w+) => (.+)\)$/', $this->type, $match) === 1) {
            $isBytes = $match[1] === 'bytes' || $match[1] === 'string';
            $word = $isBytes ? $key : Abi::encodeWord(AbiType::of($match[1]), $key);
            return new self($this->contract, $match[2], Keccak::hash($word . $this->slot));
        }
        $index = is_int($key) ? $key : $key->asInt() ?? PHP_INT_MAX;
        if ($index < 0 || $index >= $this->length()) {
            throw Revert::panic(self::PANIC_INDEX);
        }
        return $this->element($index);
    }

    public function length(): int
    {
        return U256::fromWord($this->contract->host()->storageGet($this->slot))->toInt();
    }

    /** Makes the array longer by one element, which it returns. */
    public function push(): self
    {
        $length = $this->length();
        $this->resize($length + 1);
        return $this->element($length);
    }

    public function pop(): void
    {
        $length = $this->length();
        if ($length === 0) {
            throw Revert::panic(self::PANIC_EMPTY_ARRAY);
        }
        $this->element($length - 1)->clear();
        $this->resize($length - 1);
    }

    /** What Solidity's `delete` does; a mapping does not know its keys. */
    public function clear(): void
    {
        if (str_ends_with($this->type, '[]')) {
            for ($index = $this->length() - 1; $index >= 0; $index--) {
                $this->element($index)->clear();
            }
            $this->resize(0);
        } elseif ($this->type === 'bytes' || $this->type === 'string') {
            $this->save('');
        } elseif ($this->struct() !== null) {
            foreach (array_keys($this->struct()->places) as $name) {
                $this->__get($name)->clear();
            }
        } elseif (!str_starts_with($this->type, 'mapping')) {
            $this->replace(str_repeat("\0", AbiType::of($this->type)->bytes));
        }
    }

    private static function check(string $type): void
    {
        if (preg_match('/^mapping\((\w+) => (.+)\)$/', $type, $match) === 1) {
            AbiType::of($match[1]);
            self::check($match[2]);
        } elseif (str_ends_with($type, '[]')) {
            self::check(substr($type, 0, -2));
        } elseif (Placement::ofStruct($type) !== null) {
            foreach (Placement::ofStruct($type)->places as [$field]) {
                self::check($field);
            }
        } elseif (!in_array($type, ['bytes', 'string'], true) && AbiType::of($type)->bytes === 0) {
            throw new \LogicException("\"$type\" is no storage; use a value, string, bytes, T[], mapping(K => V) or (T name, …)");
        }
    }

    private function element(int $index): self
    {
        $type = substr($this->type, 0, -2);
        $first = Keccak::hash($this->slot);
        $struct = Placement::ofStruct($type);
        if ($struct !== null) {
            return new self($this->contract, $type, self::plus($first, $index * $struct->slots));
        }
        $width = self::width($type);
        $each = $width <= self::PACKED_BYTES_MAX ? intdiv(32, $width) : 1;
        $slot = self::plus($first, intdiv($index, $each));
        return new self($this->contract, $type, $slot, $each === 1 ? 0 : $index % $each * $width);
    }

    private function struct(): ?Placement
    {
        return Placement::ofStruct($this->type);
    }

    private function resize(int $length): void
    {
        $this->contract->host()->storagePut($this->slot, U256::of($length)->word());
    }

    /** Writes the bytes of a value and leaves its neighbours alone. */
    private function replace(string $bytes): void
    {
        $host = $this->contract->host();
        $word = strlen($bytes) === 32 ? $bytes : $host->storageGet($this->slot);
        $at = 32 - $this->offset - strlen($bytes);
        $host->storagePut($this->slot, substr_replace($word, $bytes, $at, strlen($bytes)));
    }

    private static function widen(AbiType $type, string $bytes): string
    {
        $isNegative = $type->kind === 'int' && ord($bytes[0]) >= 128;
        return $type->kind === 'fixed'
            ? str_pad($bytes, 32, "\0")
            : str_pad($bytes, 32, $isNegative ? "\xff" : "\0", STR_PAD_LEFT);
    }

    private static function plus(string $slot, int $count): string
    {
        return U256::fromWord($slot)->add($count)->word();
    }

    /** To 31 bytes lie in the slot beside twice the length, longer ones from the hash of the slot on. */
    private function load(): string
    {
        $host = $this->contract->host();
        $word = $host->storageGet($this->slot);
        $slots = self::dataSlots($word);
        if ($slots === 0) {
            return substr($word, 0, intdiv(ord($word[31]), 2));
        }
        $data = '';
        $first = Keccak::hash($this->slot);
        for ($index = 0; $index < $slots; $index++) {
            $data .= $host->storageGet(self::plus($first, $index));
        }
        return substr($data, 0, U256::fromWord($word)->toInt() >> 1);
    }

    private function save(string $value): void
    {
        $host = $this->contract->host();
        $before = self::dataSlots($host->storageGet($this->slot));
        $isShort = strlen($value) < 32;
        $word = $isShort
            ? str_pad($value, 31, "\0") . chr(2 * strlen($value))
            : U256::of(2 * strlen($value) + 1)->word();
        $host->storagePut($this->slot, $word);
        $parts = $isShort ? [] : str_split($value, 32);
        $first = max($before, count($parts)) === 0 ? '' : Keccak::hash($this->slot);
        for ($index = 0; $index < max($before, count($parts)); $index++) {
            $host->storagePut(self::plus($first, $index), str_pad($parts[$index] ?? '', 32, "\0"));
        }
    }

    private static function dataSlots(string $word): int
    {
        return ord($word[31]) % 2 === 0 ? 0 : intdiv((U256::fromWord($word)->toInt() >> 1) + 31, 32);
    }
}
