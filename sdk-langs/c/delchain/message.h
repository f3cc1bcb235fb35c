/* Calls of contracts of any tier that run in a later block (chain/system/Messages.sol). */
#ifndef DELCHAIN_MESSAGE_H
#define DELCHAIN_MESSAGE_H

#include "call.h"

/* The system contract that takes messages, and calls back. */
static inline address dc_messages(void) { return (address){{[17] = 0xdc, [19] = 0x02}}; }

/*
 * Calls `to` in a later block, with value and gas from this contract's balance, and returns the message's id. With
 * `callback_gas` the contract is called back: `onMessage(bytes32 id, bool success, bytes result)`, by dc_messages(), with the
 * value of a message that failed. What is not used comes back. Reverts as MESSAGES does.
 */
static inline bytes32 dc_send_message(address to, u256 value, dc_bytes data, uint64_t gas, uint64_t callback_gas) {
  dc_encoder quote = dc_encode_selector(0x4036eb29, 3);
  dc_encode_address(&quote, to);
  dc_encode_u64(&quote, gas);
  dc_encode_u64(&quote, callback_gas);
  dc_decoder fee = dc_call_typed(dc_messages(), &quote, 0);
  dc_encoder send = dc_encode_selector(0x53c60ae0, 5);
  dc_encode_address(&send, to);
  dc_encode_u256(&send, value);
  dc_encode_bytes(&send, data);
  dc_encode_u64(&send, gas);
  dc_encode_u64(&send, callback_gas);
  dc_decoder id = dc_call_typed(dc_messages(), &send, dc_add(value, dc_decode_u256(&fee)));
  return dc_decode_fixed(&id, 32);
}

#endif
