/* Storage in Solidity's layout: a value lies at its slot, `mapping[key]` at keccak256(key word ++ slot word). */
#ifndef DC_SHARED_STORAGE_H
#define DC_SHARED_STORAGE_H

/* Points to the slot's 32 bytes, which live as long as the call, so that passing a slot around costs nothing. */
typedef struct {
  const uint8_t *bytes;
} dc_slot;

DC_FUNCTION dc_slot dc_slot_at_word(const u256 *number) {
  uint8_t *slot = dc_allocate(32);
  dc_swap_word(number, slot);
  return (dc_slot){slot};
}

DC_FUNCTION dc_slot dc_slot_of_word(dc_slot mapping, const u256 *key) {
  uint8_t *slot = dc_allocate(64);
  dc_swap_word(key, slot);
  __builtin_memcpy(slot + 32, mapping.bytes, 32);
  dc_hash(slot, 64, slot);
  return (dc_slot){slot};
}

DC_FUNCTION void dc_load_word(dc_slot slot, u256 *value) {
  uint8_t word[32];
  dc_storage_load(slot.bytes, word);
  dc_swap_word(word, value);
}

DC_FUNCTION void dc_store_word(dc_slot slot, const u256 *value) {
  uint8_t word[32];
  dc_swap_word(value, word);
  dc_storage_store(slot.bytes, word);
}

static inline dc_slot dc_slot_at(u256 number) { return dc_slot_at_word(&number); }

/* The slot of `mapping[key]`; nest it for a mapping of mappings. */
static inline dc_slot dc_slot_of(dc_slot mapping, u256 key) {
  return dc_slot_of_word(mapping, &key);
}

static inline u256 dc_load(dc_slot slot) {
  u256 value;
  dc_load_word(slot, &value);
  return value;
}

static inline void dc_store(dc_slot slot, u256 value) { dc_store_word(slot, &value); }

/* `DC_VALUE(supply, 1)`: `supply()` is the slot of a value. */
#define DC_VALUE(name, number) \
  static inline dc_slot name(void) { return dc_slot_at(dc_u256(number)); }
/* `DC_ADDRESS_MAPPING(balances, 0)`: `balances(account)` is the slot of an entry. */
#define DC_ADDRESS_MAPPING(name, number) \
  DC_FUNCTION dc_slot name(address key) { return dc_slot_of(dc_slot_at(dc_u256(number)), dc_word(key)); }
#define DC_U256_MAPPING(name, number) \
  static inline dc_slot name(u256 key) { return dc_slot_of(dc_slot_at(dc_u256(number)), key); }

#endif
