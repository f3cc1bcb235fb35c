#include "container.h"

/*
 * The contract that the SDK's tests call: the first byte of the input says what to do, the rest are the arguments as
 * a HOSTCALL has them. Any other input is answered with the call as the SDK read it.
 */

enum { REVERT = 32, SUCCEED, RETURN_ONE, SEGFAULT, KILL, EXIT, COUNT, KECCAK, ADD, SUBTRACT, LEAVE_CHILD, POLLUTE, LONG_OUTPUT = 46, RANDOM = 60 };

static uint8_t report_buffer[DC_AT_INPUT + 1024];

static void report(void) {
  bytes32 value = dc_to_word(dc_value()), seed = dc_seed();
  address contract = dc_self(), sender = dc_sender(), origin = dc_origin(), producer = dc_producer();
  dc_bytes input = dc_input();
  uint8_t *at = report_buffer;
  dc_copy(at, contract.bytes, 20);
  dc_copy(at + 20, sender.bytes, 20);
  dc_copy(at + 40, origin.bytes, 20);
  dc_copy(at + 60, value.bytes, 32);
  dc_put_be(at + 92, dc_chain_id(), 8);
  dc_put_be(at + 100, dc_block_number(), 8);
  dc_put_be(at + 108, dc_block_time(), 8);
  dc_copy(at + 116, producer.bytes, 20);
  dc_copy(at + 136, seed.bytes, 32);
  dc_put_be(at + 168, dc_gas_limit(), 8);
  dc_copy(at + 176, input.data, input.length);
  dc_return((dc_bytes){at, 176 + input.length});
}

static bytes32 word_at(const uint8_t *bytes) {
  bytes32 word;
  dc_copy(word.bytes, bytes, 32);
  return word;
}

static address address_at(const uint8_t *bytes) {
  address account;
  dc_copy(account.bytes, bytes, 20);
  return account;
}

static void result_word(bytes32 word) { dc_result((dc_bytes){word.bytes, 32}); }

static void result_reply(dc_reply reply) {
  if (reply.status == DC_ABSENT) dc_result(DC_STRING("absent"));
  else dc_result(reply.data);
}

static void log_arguments(const uint8_t *arguments, size_t length) {
  bytes32 topics[4];
  size_t count = arguments[0];
  for (size_t i = 0; i < count && i < 4; i++) topics[i] = word_at(arguments + 1 + 32 * i);
  dc_log(topics, count, (dc_bytes){arguments + 1 + 32 * count, length - 1 - 32 * count});
}

/* The entries as key=value; joined. */
static void iterate(const uint8_t *arguments, size_t length) {
  size_t from = dc_get_be(arguments + 2, 2);
  dc_range range = dc_range_between((dc_bytes){arguments + 4, from}, (dc_bytes){arguments + 4 + from, length - 4 - from});
  range.limit = dc_get_be(arguments, 2);
  uint8_t *text = dc_allocate(DC_OUTPUT_BYTES_MAX);
  size_t at = 0;
  while (dc_next(&range)) {
    dc_copy(text + at, range.key.data, range.key.length);
    text[at += range.key.length] = '=';
    dc_copy(text + ++at, range.value.data, range.value.length);
    text[at += range.value.length] = ';';
    at++;
  }
  dc_result((dc_bytes){text, at});
}

/* So many bytes, a word, and a word below a bound. */
static void draw(const uint8_t *arguments) {
  size_t length = arguments[0];
  uint8_t *drawn = dc_allocate(length + 64);
  dc_random_bytes(drawn, length);
  dc_put_word(drawn + length, dc_random_u256());
  dc_put_word(drawn + length + 32, dc_random_below(dc_from_word(arguments + 1)));
  dc_result((dc_bytes){drawn, length + 64});
}

static void ask_host(uint8_t operation, const uint8_t *arguments, size_t length) {
  dc_bytes all = {arguments, length};
  switch (operation) {
    case DC_STORAGE_GET: return result_word(dc_storage_get(word_at(arguments)));
    case DC_STORAGE_PUT: return dc_storage_put(word_at(arguments), word_at(arguments + 32));
    case DC_GET: return result_reply(dc_get(all));
    case DC_PUT: {
      size_t key = dc_get_be(arguments, 2);
      return dc_put((dc_bytes){arguments + 2, key}, (dc_bytes){arguments + 2 + key, length - 2 - key});
    }
    case DC_DELETE: return dc_delete(all);
    case DC_LOG: return log_arguments(arguments, length);
    case DC_KECCAK256: return result_word(dc_host_keccak256(all));
    case DC_SHA256: return result_word(dc_sha256(all));
    case DC_BALANCE: return dc_result_u256(dc_balance(address_at(arguments)));
    case DC_GAS_LEFT: return dc_result_u256(dc_u256(dc_gas_left()));
    case DC_DEBUG: return dc_debug(all);
    case DC_SEND:
      return result_word(dc_send_message(address_at(arguments), dc_from_word(arguments + 20),
                                         (dc_bytes){arguments + 68, length - 68}, dc_get_be(arguments + 52, 8),
                                         dc_get_be(arguments + 60, 8)));
    case DC_RANGE: return iterate(arguments, length);
  }
}

static uint32_t calls;

static void count_calls(void) {
  calls++;
  dc_result_u256(dc_u256(calls));
}

static void calculate(uint8_t operation, const uint8_t *arguments) {
  u256 left = dc_from_word(arguments), right = dc_from_word(arguments + 32);
  dc_result_u256(operation == ADD ? dc_add(left, right) : dc_sub(left, right));
}

#if !defined(__wasm__)
/* Signals to itself, and a process that outlives the call unless the launcher ends it. */
static void misbehave(uint8_t operation) {
  volatile uintptr_t nowhere = 8;
  if (operation == SEGFAULT) *(volatile int *)nowhere = 1;
  if (operation == KILL) dc_syscall(DC_SYS_KILL, dc_syscall(DC_SYS_GETPID, 0, 0, 0, 0), DC_SIGKILL, 0, 0);
  if (operation == EXIT) dc_exit(255);
  if (operation == POLLUTE) dc_syscall(1 /* write */, 1, (long)"printed", 7, 0);
  if (operation == LEAVE_CHILD && dc_syscall(DC_SYS_FORK, 0, 0, 0, 0) == 0) {
    for (;;) dc_syscall(34 /* pause */, 0, 0, 0, 0);
  }
}
#else
static void misbehave(uint8_t operation) {
  if (operation == EXIT) dc_exit(255);
  __builtin_trap();
}
#endif

static void probe(void) {
  dc_bytes input = dc_input();
  if (input.length == 0) report();
  const uint8_t *bytes = input.data;
  switch (bytes[0]) {
    case REVERT: dc_revert_data((dc_bytes){"\x08\xc3\x79\xa0", 4});
    case SUCCEED: return;
    case RETURN_ONE: return dc_result_bool(true);
    case SEGFAULT:
    case KILL:
    case EXIT:
    case POLLUTE:
    case LEAVE_CHILD: return misbehave(bytes[0]);
    case RANDOM: return draw(bytes + 1);
    case COUNT: return count_calls();
    case LONG_OUTPUT: dc_return((dc_bytes){dc_call_buffer, 65535 + input.length});
    case KECCAK: return result_word(dc_keccak256((dc_bytes){bytes + 1, input.length - 1}));
    case ADD:
    case SUBTRACT: return calculate(bytes[0], bytes + 1);
    default:
      if (bytes[0] > DC_RANGE) report();
      return ask_host(bytes[0], bytes + 1, input.length - 1);
  }
}

DC_CONTRACT(DC_FALLBACK(probe))
