/* What a call knows: all of it came in the CALL frame, so reading it costs nothing (PROTOCOL.md, "CALL"). */
#ifndef DC_CONTEXT_H
#define DC_CONTEXT_H

#include "frames.h"
#include "u256.h"

enum {
  DC_AT_CONTRACT = 0,
  DC_AT_CALLER = 20,
  DC_AT_ORIGIN = 40,
  DC_AT_VALUE = 60,
  DC_AT_CHAIN_ID = 92,
  DC_AT_BLOCK_NUMBER = 100,
  DC_AT_TIMESTAMP = 108,
  DC_AT_PRODUCER = 116,
  DC_AT_SEED = 136,
  DC_AT_GAS_LIMIT = 168,
  DC_AT_INPUT = 176,
};

static uint8_t dc_call_buffer[DC_LENGTH_BYTES + DC_FRAME_BYTES];
static dc_frame dc_running;

/* Waits for the next call and makes it the running one. */
static void dc_receive_call(void) {
  dc_running = dc_receive(dc_call_buffer, sizeof dc_call_buffer);
  if (dc_running.type != DC_CALL || dc_running.length < DC_AT_INPUT) dc_exit(DC_EXIT_PROTOCOL);
}

static inline address dc_address_at(size_t offset) {
  address account;
  dc_copy(account.bytes, dc_running.body + offset, sizeof account.bytes);
  return account;
}

/* Whose storage and balance the call works on. */
static inline address dc_self(void) { return dc_address_at(DC_AT_CONTRACT); }
static inline address dc_sender(void) { return dc_address_at(DC_AT_CALLER); }
/* The transaction's sender. */
static inline address dc_origin(void) { return dc_address_at(DC_AT_ORIGIN); }
/* The producer of the block that ordered the call; number and timestamp are that block's too. */
static inline address dc_producer(void) { return dc_address_at(DC_AT_PRODUCER); }
/* In wei, already part of the contract's balance. */
static inline u256 dc_value(void) { return dc_from_word(dc_running.body + DC_AT_VALUE); }
static inline uint64_t dc_chain_id(void) { return dc_get_be(dc_running.body + DC_AT_CHAIN_ID, 8); }
static inline uint64_t dc_block_number(void) { return dc_get_be(dc_running.body + DC_AT_BLOCK_NUMBER, 8); }
/* In seconds since 1970. */
static inline uint64_t dc_block_time(void) { return dc_get_be(dc_running.body + DC_AT_TIMESTAMP, 8); }
static inline uint64_t dc_gas_limit(void) { return dc_get_be(dc_running.body + DC_AT_GAS_LIMIT, 8); }
/* Randomness for this call alone, equal on every node that runs it. */
static inline bytes32 dc_seed(void) {
  bytes32 seed;
  dc_copy(seed.bytes, dc_running.body + DC_AT_SEED, sizeof seed.bytes);
  return seed;
}
/* The calldata: selector and arguments. */
static inline dc_bytes dc_input(void) {
  return (dc_bytes){dc_running.body + DC_AT_INPUT, dc_running.length - DC_AT_INPUT};
}

#endif
