/*
 * Arguments in Solidity's ABI. What does not decode reverts without data, as Solidity's decoder does:
 * calldata too short, an address or a bool with dirty bits, an offset or a length outside of the calldata.
 */
#ifndef DELCHAIN_CALLDATA_H
#define DELCHAIN_CALLDATA_H

#include "result.h"

#define DC_SELECTOR_BYTES 4

/* The whole calldata, and where its arguments begin: after the selector, or at 0 in a constructor. */
static dc_bytes dc_calldata;
static dc_bytes dc_arguments;

static inline const uint8_t *dc_argument_word(size_t index) {
  if (index >= dc_arguments.length / 32) dc_revert_empty();
  return dc_arguments.data + 32 * index;
}

static inline u256 dc_arg_u256(size_t index) { return dc_from_word(dc_argument_word(index)); }

DC_FUNCTION address dc_arg_address(size_t index) {
  const uint8_t *word = dc_argument_word(index);
  for (int i = 0; i < 12; i++)
    if (word[i]) dc_revert_empty();
  address account;
  __builtin_memcpy(account.bytes, word + 12, 20);
  return account;
}

static inline uint64_t dc_arg_u64(size_t index) {
  const u256 value = dc_arg_u256(index);
  if (value > UINT64_MAX) dc_revert_empty();
  return (uint64_t)value;
}

static inline bool dc_arg_bool(size_t index) {
  const u256 value = dc_arg_u256(index);
  if (value > 1) dc_revert_empty();
  return (bool)value;
}

static inline bytes32 dc_arg_bytes32(size_t index) {
  bytes32 value;
  __builtin_memcpy(value.bytes, dc_argument_word(index), 32);
  return value;
}

/* An argument of type `bytes` or `string`: a view into the calldata. */
DC_FUNCTION dc_bytes dc_arg_bytes(size_t index) {
  const u256 offset = dc_arg_u256(index);
  const size_t have = dc_arguments.length;
  if (have < 32 || offset > have - 32) dc_revert_empty();
  const size_t start = (size_t)offset + 32;
  const u256 length = dc_from_word(dc_arguments.data + (size_t)offset);
  if (length > have - start) dc_revert_empty();
  return (dc_bytes){dc_arguments.data + start, (size_t)length};
}

static inline void dc_read_calldata(size_t length) {
  uint8_t *data = dc_allocate(length);
  vm_read_args(data);
  dc_calldata = (dc_bytes){data, length};
}

/* All arguments, one after the other: `shared/decode.h`. */
#include "../shared/decode.h"
static inline dc_decoder dc_inputs(void) { return dc_decode(dc_arguments); }
/* The whole calldata, selector included. */
static inline dc_bytes dc_input(void) { return dc_calldata; }

#endif
