/* How a call ends, and the host's functions (PROTOCOL.md, "HOSTCALL"). */
#ifndef DC_HOST_H
#define DC_HOST_H

#include "context.h"
#include "keccak.h"

/* The protocol's limits: a contract that passes one is reverted with a reason. */
enum { DC_KEY_BYTES_MAX = 1024, DC_VALUE_BYTES_MAX = 65536, DC_OUTPUT_BYTES_MAX = 65536, DC_LOG_TOPICS_MAX = 4 };
/* The largest answer to a range: the lengths of an entry, its key and its value. */
enum { DC_ENTRY_HEAD = 6, DC_RANGE_BYTES_MAX = DC_ENTRY_HEAD + DC_KEY_BYTES_MAX + DC_VALUE_BYTES_MAX };
/* A reason is for people; longer ones are cut. */
enum { DC_REASON_BYTES_MAX = 1024 };

enum {
  DC_STORAGE_GET = 1,
  DC_STORAGE_PUT,
  DC_GET,
  DC_PUT,
  DC_DELETE,
  DC_LOG,
  DC_KECCAK256,
  DC_SHA256,
  DC_BALANCE,
  DC_GAS_LEFT,
  DC_DEBUG,
  DC_SEND,
  DC_RANGE,
};
enum { DC_OK = 0, DC_ABSENT = 1, DC_REFUSED = 2, DC_STOP = 3 };

DC_NORETURN static void dc_revert_reason(dc_bytes reason);

#include "../shared/reason.h"

static void dc_flush(void);

DC_NORETURN static void dc_end(uint8_t status, dc_bytes output) {
  dc_require(output.length <= DC_OUTPUT_BYTES_MAX, "an output has at most 65,536 bytes");
  dc_flush();
  dc_bytes body[] = {{&status, 1}, output};
  dc_send(DC_RESULT, dc_running.exchange, body, 2);
  dc_exit(0);
}

/* Ends the call with success. */
DC_NORETURN static inline void dc_return(dc_bytes output) { dc_end(DC_SUCCESS, output); }
/* Ends the call and undoes it; the caller sees the data. */
DC_NORETURN static inline void dc_revert_data(dc_bytes data) { dc_end(DC_REVERT, data); }

/* Reverts like Solidity's `require`: Error(string). */
DC_NORETURN static void dc_revert_reason(dc_bytes reason) {
  uint8_t data[4 + 64 + DC_REASON_BYTES_MAX] = {0x08, 0xc3, 0x79, 0xa0};
  if (reason.length > DC_REASON_BYTES_MAX) reason.length = DC_REASON_BYTES_MAX;
  data[4 + 31] = 32;
  dc_put_be(data + 4 + 56, reason.length, 8);
  dc_copy(data + 4 + 64, reason.data, reason.length);
  dc_revert_data((dc_bytes){data, 4 + 64 + (reason.length + 31) / 32 * 32});
}

/* The largest reply is that to a range. */
static uint8_t dc_reply_buffer[DC_LENGTH_BYTES + DC_HEADER_BYTES + 1 + DC_RANGE_BYTES_MAX];

/* `data` lives until the next host call. */
typedef struct {
  int status;
  dc_bytes data;
} dc_reply;

/*
 * Host calls that are only taken or refused wait for the next one whose answer the contract needs, or for its end, and
 * are sent with it: the host answers in order, so nothing else changes. Whenever the contract's own code runs, the host
 * owes no answer.
 */
enum { DC_DEFERRED_MAX = 8, DC_DEFERRED_BYTES_MAX = 2048 };
static uint8_t dc_deferred_frames[DC_DEFERRED_BYTES_MAX];
static size_t dc_deferred_length;
static int dc_deferred_count;
/* Why the host has refused one of them. */
static uint8_t dc_refusal[DC_REASON_BYTES_MAX];

/* Receives the answers to so many calls and hands back the last one; `stop` (the gas is gone) ends the call. */
static dc_reply dc_receive_replies(int count) {
  size_t have = 0, refusal_length = 0;
  bool is_stopped = false, is_refused = false;
  dc_reply reply = {DC_OK, {0, 0}};
  for (int left = count; left > 0; left--) {
    dc_frame frame = dc_receive_first(dc_reply_buffer, sizeof dc_reply_buffer, &have);
    if (frame.type != DC_HOSTREPLY || frame.exchange != dc_running.exchange || frame.length < 1) {
      dc_exit(DC_EXIT_PROTOCOL);
    }
    reply = (dc_reply){frame.body[0], {frame.body + 1, frame.length - 1}};
    size_t used = DC_LENGTH_BYTES + DC_HEADER_BYTES + frame.length;
    if (reply.status == DC_STOP) is_stopped = true;
    if (left == 1) {
      if (have != used) dc_exit(DC_EXIT_PROTOCOL);
      break;
    }
    if (reply.status == DC_REFUSED && !is_refused) {
      is_refused = true;
      refusal_length = reply.data.length < sizeof dc_refusal ? reply.data.length : sizeof dc_refusal;
      dc_copy(dc_refusal, reply.data.data, refusal_length);
    }
    have -= used;
    __builtin_memmove(dc_reply_buffer, dc_reply_buffer + used, have);
  }
  if (is_stopped) dc_exit(0);
  if (is_refused) dc_revert_reason((dc_bytes){dc_refusal, refusal_length});
  return reply;
}

/* Asks the host and hands back whatever it answered, a refusal too. */
static dc_reply dc_ask(uint8_t operation, const dc_bytes *arguments, int count) {
  dc_bytes body[DC_PARTS_MAX - 2] = {{&operation, 1}};
  for (int i = 0; i < count; i++) body[i + 1] = arguments[i];
  dc_bytes deferred = {dc_deferred_frames, dc_deferred_length};
  int awaited = dc_deferred_count + 1;
  dc_deferred_length = 0;
  dc_deferred_count = 0;
  dc_send_behind(deferred, DC_HOSTCALL, dc_running.exchange, body, count + 1);
  return dc_receive_replies(awaited);
}

/* Asks, and reverts with the host's reason when it refuses. */
static dc_reply dc_need(uint8_t operation, const dc_bytes *arguments, int count) {
  dc_reply reply = dc_ask(operation, arguments, count);
  if (reply.status == DC_REFUSED) dc_revert_reason(reply.data);
  return reply;
}

/* Has the host do it before the call ends, and reverts the call when it refuses. */
static void dc_defer(uint8_t operation, const dc_bytes *arguments, int count) {
  size_t length = 1;
  for (int i = 0; i < count; i++) length += arguments[i].length;
  size_t room = sizeof dc_deferred_frames - dc_deferred_length;
  bool is_full = dc_deferred_count == DC_DEFERRED_MAX;
  if (is_full || length > room || DC_LENGTH_BYTES + DC_HEADER_BYTES > room - length) {
    dc_need(operation, arguments, count);
    return;
  }
  uint8_t *at = dc_deferred_frames + dc_deferred_length;
  dc_put_header(at, DC_HOSTCALL, dc_running.exchange, length);
  at += DC_LENGTH_BYTES + DC_HEADER_BYTES;
  *at++ = operation;
  for (int i = 0; i < count; i++) {
    dc_copy(at, arguments[i].data, arguments[i].length);
    at += arguments[i].length;
  }
  dc_deferred_length += DC_LENGTH_BYTES + DC_HEADER_BYTES + length;
  dc_deferred_count++;
}

/* Has the host do what was deferred. */
static void dc_flush(void) {
  if (dc_deferred_count == 0) return;
  dc_bytes deferred = {dc_deferred_frames, dc_deferred_length};
  int awaited = dc_deferred_count;
  dc_deferred_length = 0;
  dc_deferred_count = 0;
  dc_write_all(&deferred, 1);
  dc_reply reply = dc_receive_replies(awaited);
  if (reply.status == DC_REFUSED) dc_revert_reason(reply.data);
}

static bytes32 dc_need_word(uint8_t operation, dc_bytes argument) {
  dc_reply reply = dc_need(operation, &argument, 1);
  if (reply.data.length != 32) dc_exit(DC_EXIT_PROTOCOL);
  bytes32 word;
  dc_copy(word.bytes, reply.data.data, 32);
  return word;
}

/* Storage as the EVM has it: 32 bytes under 32 bytes, zero where nothing was written. */
static inline bytes32 dc_storage_get(bytes32 slot) {
  return dc_need_word(DC_STORAGE_GET, (dc_bytes){slot.bytes, 32});
}
static inline void dc_storage_put(bytes32 slot, bytes32 value) {
  dc_bytes arguments[] = {{slot.bytes, 32}, {value.bytes, 32}};
  dc_defer(DC_STORAGE_PUT, arguments, 2);
}

/* Byte strings under keys of 1 to DC_KEY_BYTES_MAX bytes; `status` is DC_ABSENT where there is none. */
static inline dc_reply dc_get(dc_bytes key) { return dc_need(DC_GET, &key, 1); }
static inline void dc_put(dc_bytes key, dc_bytes value) {
  dc_require(key.length <= DC_KEY_BYTES_MAX, "a key has at most 1,024 bytes");
  uint8_t key_length[2];
  dc_put_be(key_length, key.length, 2);
  dc_bytes arguments[] = {{key_length, 2}, key, value};
  dc_defer(DC_PUT, arguments, 3);
}
static inline void dc_delete(dc_bytes key) { dc_defer(DC_DELETE, &key, 1); }

static inline void dc_log(const bytes32 *topics, size_t count, dc_bytes data) {
  dc_require(count <= DC_LOG_TOPICS_MAX, "a log has at most 4 topics");
  uint8_t topic_count = (uint8_t)count;
  dc_bytes arguments[] = {{&topic_count, 1}, {topics, 32 * count}, data};
  dc_defer(DC_LOG, arguments, 3);
}

/* dc_keccak256 computes in the program, which is no host call and costs nothing; this one is the host's. */
static inline bytes32 dc_host_keccak256(dc_bytes data) { return dc_need_word(DC_KECCAK256, data); }
static inline bytes32 dc_sha256(dc_bytes data) { return dc_need_word(DC_SHA256, data); }
/* In wei. */
static inline u256 dc_balance(address account) {
  return dc_from_word(dc_need_word(DC_BALANCE, (dc_bytes){account.bytes, 20}).bytes);
}
static inline uint64_t dc_gas_left(void) {
  dc_reply reply = dc_need(DC_GAS_LEFT, 0, 0);
  if (reply.data.length != 8) dc_exit(DC_EXIT_PROTOCOL);
  return dc_get_be(reply.data.data, 8);
}
/* For the developer's eyes: enters no result. */
static inline void dc_debug(dc_bytes text) { dc_need(DC_DEBUG, &text, 1); }

/*
 * From the next batch of its calls on, the contract runs the version of the container contract at `to`, on its own storage
 * (PROTOCOL.md, "Version"). Who may ask for that is the contract's to check.
 */
static inline void dc_upgrade(address to) {
  /* ERC-1967, "implementation". */
  static const bytes32 slot = {{
    0x36, 0x08, 0x94, 0xa1, 0x3b, 0xa1, 0xa3, 0x21, 0x06, 0x67, 0xc8, 0x28, 0x49, 0x2d, 0xb9, 0x8d,
    0xca, 0x3e, 0x20, 0x76, 0xcc, 0x37, 0x35, 0xa9, 0x20, 0xa3, 0xca, 0x50, 0x5d, 0x38, 0x2b, 0xbc
  }};
  bytes32 value = {{0}};
  dc_copy(value.bytes + 12, to.bytes, 20);
  dc_storage_put(slot, value);
}

/* The system contract that calls back. */
static inline address dc_messages(void) { return (address){{[17] = 0xdc, [19] = 0x02}}; }

/*
 * Calls a contract of any tier in a later block, with value and gas from this contract's balance, and returns the message's
 * id. With `callback_gas` the contract is called back: `onMessage(bytes32 id, bool success, bytes result)`, by dc_messages(),
 * with the value of a message that failed. What is not used comes back. Reverts with the host's reason when it refuses.
 */
static inline bytes32 dc_send_message(address to, u256 value, dc_bytes data, uint64_t gas, uint64_t callback_gas) {
  bytes32 amount = dc_to_word(value);
  uint8_t head[68];
  dc_copy(head, to.bytes, 20);
  dc_copy(head + 20, amount.bytes, 32);
  dc_put_be(head + 52, gas, 8);
  dc_put_be(head + 60, callback_gas, 8);
  dc_bytes arguments[] = {{head, sizeof head}, data};
  dc_reply reply = dc_need(DC_SEND, arguments, 2);
  if (reply.data.length != 32) dc_exit(DC_EXIT_PROTOCOL);
  bytes32 id;
  dc_copy(id.bytes, reply.data.data, 32);
  return id;
}

#endif
