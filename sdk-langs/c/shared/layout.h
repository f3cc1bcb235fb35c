/*
 * Storage in Solidity's layout beyond one value a slot (language reference, "Layout of State Variables in Storage"):
 * packed values, arrays, strings and bytes, mappings by them. An index that is out of range panics as Solidity does.
 */
#ifndef DC_SHARED_LAYOUT_H
#define DC_SHARED_LAYOUT_H

#define DC_PANIC_EMPTY_ARRAY 0x31
#define DC_PANIC_INDEX 0x32

/* `mapping[key]` where the key is a `string` or `bytes`. */
DC_FUNCTION dc_slot dc_slot_of_bytes(dc_slot mapping, dc_bytes key) {
  uint8_t *preimage = dc_allocate(key.length + 32);
  __builtin_memcpy(preimage, key.data, key.length);
  __builtin_memcpy(preimage + key.length, mapping.bytes, 32);
  uint8_t *slot = dc_allocate(32);
  dc_hash(preimage, key.length + 32, slot);
  return (dc_slot){slot};
}

/* `DC_STRING_MAPPING(scores, 2)`: `scores(name)` is the slot of an entry. */
#define DC_STRING_MAPPING(name, number) \
  static inline dc_slot name(dc_bytes key) { return dc_slot_of_bytes(dc_slot_at(dc_u256(number)), key); }

/* The slot `count` further on. */
DC_FUNCTION dc_slot dc_slot_plus(dc_slot slot, uint64_t count) {
  uint8_t *sum = dc_allocate(32);
  for (int i = 31; i >= 0; i--) {
    count += slot.bytes[i];
    sum[i] = (uint8_t)count;
    count >>= 8;
  }
  return (dc_slot){sum};
}

/* Where the data of a dynamic array, or of a long string, begins. */
DC_FUNCTION dc_slot dc_slot_data(dc_slot slot) {
  uint8_t *data = dc_allocate(32);
  dc_hash(slot.bytes, 32, data);
  return (dc_slot){data};
}

/* A value of `width` bytes that lies `offset` bytes from the slot's low end, among others. */
DC_FUNCTION u256 dc_load_packed(dc_slot slot, size_t offset, size_t width) {
  uint8_t word[32], value[32] = {0};
  dc_storage_load(slot.bytes, word);
  __builtin_memcpy(value + 32 - width, word + 32 - offset - width, width);
  return dc_from_word(value);
}

/* `int8` to `int248` in two's complement. */
DC_FUNCTION u256 dc_load_packed_signed(dc_slot slot, size_t offset, size_t width) {
  uint8_t word[32], value[32];
  dc_storage_load(slot.bytes, word);
  const uint8_t *from = word + 32 - offset - width;
  __builtin_memset(value, from[0] & 0x80 ? 0xff : 0, 32);
  __builtin_memcpy(value + 32 - width, from, width);
  return dc_from_word(value);
}

DC_FUNCTION void dc_store_packed(dc_slot slot, size_t offset, size_t width, u256 value) {
  uint8_t word[32], bytes[32];
  dc_put_word(bytes, value);
  dc_storage_load(slot.bytes, word);
  __builtin_memcpy(word + 32 - offset - width, bytes + 32 - width, width);
  dc_storage_store(slot.bytes, word);
}

/* `bytes1` to `bytes31`, whose bytes come first outside of storage. */
DC_FUNCTION bytes32 dc_load_fixed(dc_slot slot, size_t offset, size_t width) {
  uint8_t word[32];
  bytes32 value = {{0}};
  dc_storage_load(slot.bytes, word);
  __builtin_memcpy(value.bytes, word + 32 - offset - width, width);
  return value;
}

DC_FUNCTION void dc_store_fixed(dc_slot slot, size_t offset, size_t width, bytes32 value) {
  uint8_t word[32];
  dc_storage_load(slot.bytes, word);
  __builtin_memcpy(word + 32 - offset - width, value.bytes, width);
  dc_storage_store(slot.bytes, word);
}

/* Checks that the value fits so many bits, as Solidity's arithmetic on a smaller type does. */
static inline u256 dc_narrow(u256 value, size_t bits) {
  uint8_t word[32];
  dc_put_word(word, value);
  for (size_t i = 0; i < 32 - bits / 8; i++)
    if (word[i] != 0) dc_panic(DC_PANIC_OVERFLOW);
  return value;
}

/* Arrays. Their elements take whole slots; those of packed values come below. */
static inline uint64_t dc_array_length(dc_slot array) { return dc_low64(dc_load(array)); }

/* An index of calldata; panics when no array is that long. */
static inline uint64_t dc_index(u256 index) {
  if (!dc_fits64(index)) dc_panic(DC_PANIC_INDEX);
  return dc_low64(index);
}

static inline dc_slot dc_array_at(dc_slot array, uint64_t index, uint64_t slots) {
  if (index >= dc_array_length(array)) dc_panic(DC_PANIC_INDEX);
  return dc_slot_plus(dc_slot_data(array), index * slots);
}

/* Makes the array longer by one, whose slot it returns. */
static inline dc_slot dc_array_push(dc_slot array, uint64_t slots) {
  const uint64_t length = dc_array_length(array);
  dc_store(array, dc_u256(length + 1));
  return dc_slot_plus(dc_slot_data(array), length * slots);
}

static inline uint64_t dc_array_shorten(dc_slot array) {
  const uint64_t length = dc_array_length(array);
  if (length == 0) dc_panic(DC_PANIC_EMPTY_ARRAY);
  dc_store(array, dc_u256(length - 1));
  return length - 1;
}

/* Removes the last element, one slot of value; an element with data of its own is emptied by the contract first. */
static inline void dc_array_pop(dc_slot array) {
  const dc_slot last = dc_slot_plus(dc_slot_data(array), dc_array_shorten(array));
  dc_store(last, dc_u256(0));
}

/* Arrays of values of `width` bytes, as many to a slot as fit whole. */
typedef struct {
  dc_slot slot;
  size_t offset;
  size_t width;
} dc_packed;

DC_FUNCTION dc_packed dc_packed_place(dc_slot array, uint64_t index, size_t width) {
  const uint64_t each = 32 / width;
  return (dc_packed){dc_slot_plus(dc_slot_data(array), index / each), (size_t)(index % each) * width, width};
}
static inline dc_packed dc_packed_at(dc_slot array, uint64_t index, size_t width) {
  if (index >= dc_array_length(array)) dc_panic(DC_PANIC_INDEX);
  return dc_packed_place(array, index, width);
}
static inline u256 dc_packed_load(dc_packed at) { return dc_load_packed(at.slot, at.offset, at.width); }
static inline void dc_packed_store(dc_packed at, u256 value) { dc_store_packed(at.slot, at.offset, at.width, value); }
static inline void dc_packed_push(dc_slot array, size_t width, u256 value) {
  const uint64_t length = dc_array_length(array);
  dc_store(array, dc_u256(length + 1));
  dc_packed_store(dc_packed_place(array, length, width), value);
}
static inline void dc_packed_pop(dc_slot array, size_t width) {
  dc_packed_store(dc_packed_place(array, dc_array_shorten(array), width), dc_u256(0));
}

/* `bytes` and `string`: to 31 bytes in the slot beside 2 * length, longer ones from the hash of the slot on. */
DC_FUNCTION dc_bytes dc_load_bytes(dc_slot slot) {
  uint8_t *word = dc_allocate(32);
  dc_storage_load(slot.bytes, word);
  if ((word[31] & 1) == 0) return (dc_bytes){word, word[31] / 2};
  const size_t length = (size_t)(dc_low64(dc_from_word(word)) / 2);
  uint8_t *data = dc_allocate(dc_padded(length));
  const dc_slot first = dc_slot_data(slot);
  for (size_t at = 0; at < length; at += 32) dc_storage_load(dc_slot_plus(first, at / 32).bytes, data + at);
  return (dc_bytes){data, length};
}

/* How many slots beside its own a stored string takes. */
static inline size_t dc_bytes_slots(dc_slot slot) {
  const uint64_t word = dc_low64(dc_load(slot));
  return (word & 1) == 0 ? 0 : (size_t)((word / 2 + 31) / 32);
}

DC_FUNCTION void dc_store_bytes(dc_slot slot, dc_bytes value) {
  const size_t before = dc_bytes_slots(slot);
  const size_t after = value.length < 32 ? 0 : dc_padded(value.length) / 32;
  uint8_t word[32] = {0};
  if (after == 0) {
    __builtin_memcpy(word, value.data, value.length);
    word[31] = (uint8_t)(2 * value.length);
  } else {
    dc_put_word(word, dc_u256(2 * (uint64_t)value.length + 1));
  }
  dc_storage_store(slot.bytes, word);
  if (before == 0 && after == 0) return;
  const dc_slot first = dc_slot_data(slot);
  for (size_t i = 0; i < before || i < after; i++) {
    const size_t at = 32 * i, left = i < after ? value.length - at : 0;
    __builtin_memset(word, 0, 32);
    __builtin_memcpy(word, (const uint8_t *)value.data + at, left < 32 ? left : 32);
    dc_storage_store(dc_slot_plus(first, i).bytes, word);
  }
}

#endif
