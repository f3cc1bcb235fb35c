/*
 * Contracts in C for the WebAssembly tier of DelChain: Solidity's ABI, storage layout and revert data, so that every
 * Ethereum tool can call them. Header only; README.md shows a token and the build command.
 *
 *   DC_CONTRACT(
 *     DC_METHOD(0xa9059cbb, transfer, "function transfer(address to, uint256 amount) returns (bool)")
 *   )
 */
#ifndef DELCHAIN_H
#define DELCHAIN_H

#include "delchain/host.h"
#include "delchain/value.h"
#include "delchain/result.h"
#include "delchain/arithmetic.h"
#include "delchain/console.h"
#include "delchain/calldata.h"
#include "delchain/storage.h"
#include "delchain/context.h"
#include "shared/encode.h"
#include "shared/signed.h"
#include "delchain/call.h"
#include "delchain/message.h"

/* Solidity's guard: a function that is not payable refuses value, without a reason. */
static inline void dc_refuse_value(void) {
  if (dc_value() != 0) dc_revert_empty();
}

/*
 * A method of the contract: its selector, the C function that runs, and its signature. The compiler drops the
 * signature; the build reads it, checks the selector against it and writes the ABI.
 */
#define DC_METHOD(selector, handler, signature) \
  if (dc_selector == (selector)) {              \
    dc_refuse_value();                          \
    handler();                                  \
    return dc_finish();                         \
  }
/* What it stores, emits, sends or creates reverts; the build refuses one that plainly does. */
#define DC_VIEW_METHOD(selector, handler, signature) \
  if (dc_selector == (selector)) {                   \
    dc_refuse_value();                               \
    dc_is_view = true;                               \
    handler();                                       \
    return dc_finish();                              \
  }
#define DC_PAYABLE_METHOD(selector, handler, signature) \
  if (dc_selector == (selector)) {                      \
    handler();                                          \
    return dc_finish();                                 \
  }
/* Takes empty calldata, with value or without. */
#define DC_RECEIVE(handler)     \
  if (dc_calldata.length == 0) { \
    handler();                  \
    return dc_finish();         \
  }
/* Takes every call that no method before it took; it sees value and the whole `dc_calldata`. */
#define DC_FALLBACK(handler) \
  {                          \
    handler();               \
    return dc_finish();      \
  }
/* An event's first topic by name, and its signature for the build. */
#define DC_EVENT(name, topic, signature) static const u256 name = topic##uwb;
/* A custom error's selector by name, and its signature for the build. */
#define DC_ERROR(name, selector, signature) enum { name = (selector) };

/* First in a method that must not run while another call of this contract is open: OpenZeppelin's error. */
static inline void dc_refuse_reentry(void) {
  dc_encoder error = dc_encode_selector(0x3ee5aeb5, 0);
  if (dc_reentrant()) dc_revert_encoded(&error);
}

/* -1 when the calldata is too short to have one. */
static inline int64_t dc_read_selector(void) {
  if (dc_calldata.length < DC_SELECTOR_BYTES) return -1;
  uint32_t selector;
  __builtin_memcpy(&selector, dc_calldata.data, DC_SELECTOR_BYTES);
  dc_arguments.data = dc_calldata.data + DC_SELECTOR_BYTES;
  dc_arguments.length = dc_calldata.length - DC_SELECTOR_BYTES;
  return __builtin_bswap32(selector);
}

static inline uint32_t dc_finish(void) {
  vm_storage_flush_cache(false);
  return DC_STATUS_SUCCESS;
}

/*
 * The entry of the contract. Importing `pay_for_memory_grow` costs under one gas and lets the same module be
 * activated on Stylus chains, which insist on it.
 */
#define DC_CONTRACT(...)                                                                     \
  __attribute__((export_name("user_entrypoint"))) uint32_t user_entrypoint(size_t length) { \
    vm_pay_for_memory_grow(0);                                                               \
    dc_read_calldata(length);                                                                \
    const int64_t dc_selector = dc_read_selector();                                          \
    (void)dc_selector;                                                                       \
    __VA_ARGS__                                                                              \
    dc_revert_empty();                                                                       \
  }

/* Runs once, while the contract is created; `dc_inputs` and `dc_arg_…` read the constructor's arguments. */
#define DC_PAYABLE_CONSTRUCTOR(handler, signature)                                             \
  __attribute__((export_name("user_constructor"))) uint32_t user_constructor(size_t length) { \
    dc_read_calldata(length);                                                                  \
    dc_arguments = dc_calldata;                                                                \
    handler();                                                                                 \
    return dc_finish();                                                                        \
  }
#define DC_CONSTRUCTOR(handler, signature) \
  static void dc_construct(void) {         \
    dc_refuse_value();                     \
    handler();                             \
  }                                        \
  DC_PAYABLE_CONSTRUCTOR(dc_construct, signature)

#endif
