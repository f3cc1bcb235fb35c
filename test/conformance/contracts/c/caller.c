#include "delchain.h"

/* Caller.sol in C. */

DC_VALUE(owner, 0)
DC_VALUE(name, 1)
DC_VALUE(sum, 2)

DC_EVENT(RECEIVED, 0x88a5966d370b9919b20f3e2c13ff65706f196a4e32cc2c12bf57088f88525874,
         "event Received(address indexed from, uint256 value)")
DC_ERROR(REENTERED, 0x3ee5aeb5, "error ReentrancyGuardReentrantCall()")

/* The interface of Counter, as far as it is called. */
static u256 counter_add(address counter, u256 amount, u256 value) {
  dc_encoder call = dc_encode_selector(0x1003e2d2, 1);
  dc_encode_u256(&call, amount);
  dc_decoder out = dc_call_typed(counter, &call, value);
  return dc_decode_u256(&out);
}
static u256 counter_get(address counter) {
  dc_encoder call = dc_encode_selector(0x6d4ce63c, 0);
  dc_decoder out = dc_call_typed(counter, &call, 0);
  return dc_decode_u256(&out);
}
static bool counter_try_refuse(address counter, dc_bytes reason, dc_decoder *out) {
  dc_encoder call = dc_encode_selector(0x2a3b79b2, 1);
  dc_encode_bytes(&call, reason);
  return dc_try_typed(counter, &call, 0, out);
}

static void construct(void) {
  dc_decoder in = dc_inputs();
  dc_store(owner(), dc_word(dc_decode_address(&in)));
  dc_store_bytes(name(), dc_decode_bytes(&in));
  size_t count;
  dc_decoder values = dc_decode_array(&in, 1, &count);
  for (size_t i = 0; i < count; i++) dc_store(sum(), dc_add(dc_load(sum()), dc_decode_u256(&values)));
}

static void forward(void) { dc_result_u256(counter_add(dc_arg_address(0), dc_arg_u256(1), dc_value())); }

static void attempt(void) {
  dc_decoder results;
  const bool is_success = counter_try_refuse(dc_arg_address(0), dc_arg_bytes(1), &results);
  dc_encoder out = dc_encode(2);
  dc_encode_bool(&out, is_success);
  dc_encode_bytes(&out, is_success ? dc_decode_bytes(&results) : dc_return_data());
  dc_result_encoded(&out);
}

static void peek(void) { dc_result_u256(counter_get(dc_arg_address(0))); }

static void make(void) {
  dc_bytes code = dc_arg_bytes(0);
  const address nobody = {{0}};
  const address first = dc_create(code, 0), second = dc_create2(code, 0, dc_arg_bytes32(1));
  dc_require(!dc_same(first, nobody) && !dc_same(second, nobody), "not created");
  dc_encoder out = dc_encode(2);
  dc_encode_address(&out, first);
  dc_encode_address(&out, second);
  dc_result_encoded(&out);
}

static void guarded(void) {
  dc_refuse_reentry();
  dc_encoder call = dc_encode_selector(0x624fbfdc, 1);
  dc_encode_bytes(&call, dc_arg_bytes(1));
  dc_call_typed(dc_arg_address(0), &call, 0);
}

static void summary(void) {
  dc_encoder out = dc_encode(3);
  dc_encode_u256(&out, dc_load(owner()));
  dc_encode_bytes(&out, dc_load_bytes(name()));
  dc_encode_u256(&out, dc_load(sum()));
  dc_result_encoded(&out);
}

static void receive(void) { DC_EMIT(2, RECEIVED, dc_word(dc_sender()), dc_value()); }

static void fallback(void) {
  dc_refuse_value();
  dc_result(dc_input());
}

DC_PAYABLE_CONSTRUCTOR(construct, "constructor(address owner, string name, uint256[] values) payable")
DC_CONTRACT(
  DC_PAYABLE_METHOD(0x58843b36, forward, "function forward(address target, uint256 amount) payable returns (uint256)")
  DC_METHOD(0xd48389fc, attempt, "function attempt(address target, string reason) returns (bool, bytes)")
  DC_VIEW_METHOD(0xacefafae, peek, "function peek(address target) view returns (uint256)")
  DC_METHOD(0x793220d6, make, "function make(bytes code, bytes32 salt) returns (address first, address second)")
  DC_METHOD(0xae449d42, guarded, "function guarded(address target, bytes data)")
  DC_VIEW_METHOD(0xb16a867c, summary, "function summary() view returns (address, string, uint256)")
  DC_RECEIVE(receive)
  DC_FALLBACK(fallback)
)
