/* Who calls, in which block, and what others own; and the logs that a call leaves. */
#ifndef DELCHAIN_CONTEXT_H
#define DELCHAIN_CONTEXT_H

#include "storage.h"

#define DC_ADDRESS_READER(name, hook) \
  static inline address name(void) {  \
    address account;                  \
    hook(account.bytes);              \
    return account;                   \
  }
#define DC_WORD_READER(name, hook)  \
  static inline u256 name(void) {   \
    uint8_t word[32];               \
    hook(word);                     \
    return dc_from_word(word);      \
  }

DC_ADDRESS_READER(dc_sender, vm_msg_sender)
DC_ADDRESS_READER(dc_origin, vm_tx_origin)
DC_ADDRESS_READER(dc_self, vm_contract_address)
DC_ADDRESS_READER(dc_coinbase, vm_block_coinbase)
DC_WORD_READER(dc_value, vm_msg_value)
DC_WORD_READER(dc_base_fee, vm_block_basefee)
DC_WORD_READER(dc_gas_price, vm_tx_gas_price)

static inline uint64_t dc_block_number(void) { return vm_block_number(); }
/* Seconds since 1970. */
static inline uint64_t dc_block_time(void) { return vm_block_timestamp(); }
static inline uint64_t dc_block_gas_limit(void) { return vm_block_gas_limit(); }
static inline uint64_t dc_chain_id(void) { return vm_chainid(); }
static inline uint64_t dc_gas_left(void) { return vm_evm_gas_left(); }
/* `true` while another call of this contract is open further up. */
static inline bool dc_reentrant(void) { return vm_msg_reentrant() != 0; }

static inline u256 dc_balance(address account) {
  uint8_t word[32];
  vm_account_balance(account.bytes, word);
  return dc_from_word(word);
}

static inline bytes32 dc_code_hash(address account) {
  bytes32 hash;
  vm_account_codehash(account.bytes, hash.bytes);
  return hash;
}

static inline dc_bytes dc_code(address account) {
  const size_t length = vm_account_code_size(account.bytes);
  uint8_t *code = dc_allocate(length);
  vm_account_code(account.bytes, 0, length, code);
  return (dc_bytes){code, length};
}

/* A log of up to four topics, 32 bytes each, and any data. */
static inline void dc_emit_log(const uint8_t *topics, size_t count, dc_bytes data) {
  dc_refuse_in_view();
  uint8_t *log = dc_allocate(32 * count + data.length);
  __builtin_memcpy(log, topics, 32 * count);
  __builtin_memcpy(log + 32 * count, data.data, data.length);
  vm_emit_log(log, 32 * count + data.length, count);
}

/* The first `topics` words are topics (at most four), the rest is data. */
DC_FUNCTION void dc_emit_words(size_t topics, const u256 *words, size_t count) {
  dc_refuse_in_view();
  uint8_t *data = dc_allocate(32 * count);
  for (size_t i = 0; i < count; i++) dc_to_word(words[i], data + 32 * i);
  vm_emit_log(data, 32 * count, topics);
}

/* `DC_EMIT(3, TRANSFER, dc_word(from), dc_word(to), amount)` */
#define DC_EMIT(topics, ...)                           \
  dc_emit_words((topics), (const u256[]){__VA_ARGS__}, \
                sizeof((const u256[]){__VA_ARGS__}) / sizeof(u256))

/* The first topic of an event, for `dc_open_event`. */
#define DC_TOPIC(event) (event)

#endif
