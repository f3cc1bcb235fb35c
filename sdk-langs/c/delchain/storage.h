/* The host's storage and hash; the layout above them is `shared/storage.h` and `shared/layout.h`. */
#ifndef DELCHAIN_STORAGE_H
#define DELCHAIN_STORAGE_H

#include "result.h"

/* Set while a `DC_VIEW_METHOD` runs: what would change anything reverts. */
static bool dc_is_view;

static inline void dc_refuse_in_view(void) {
  if (dc_is_view) dc_revert("a view method writes");
}

static inline bytes32 dc_keccak256(dc_bytes data) {
  bytes32 hash;
  vm_native_keccak256(data.data, data.length, hash.bytes);
  return hash;
}
static inline void dc_hash(const void *data, size_t length, uint8_t *hash) { vm_native_keccak256(data, length, hash); }

static inline void dc_storage_load(const uint8_t *slot, uint8_t *value) { vm_storage_load_bytes32(slot, value); }
static inline void dc_storage_store(const uint8_t *slot, const uint8_t *value) {
  dc_refuse_in_view();
  vm_storage_cache_bytes32(slot, value);
}

#include "../shared/storage.h"

/* Storage that lives until the transaction ends (EIP-1153). */
static inline u256 dc_load_transient(dc_slot slot) {
  uint8_t word[32];
  vm_transient_load_bytes32(slot.bytes, word);
  return dc_from_word(word);
}

static inline void dc_store_transient(dc_slot slot, u256 value) {
  uint8_t word[32];
  dc_refuse_in_view();
  dc_to_word(value, word);
  vm_transient_store_bytes32(slot.bytes, word);
}

#include "../shared/layout.h"

#endif
