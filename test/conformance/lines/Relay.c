#include "delchain.h"

static void fill(void) {
  u256 count = dc_arg_u256(0);
  dc_require(count <= dc_arg_u256(1), "too many");
  for (u256 i = 0; i < count; i++) {
    dc_store(dc_slot_at(i), i + 1);
  }
  dc_result_u256(count);
}

static void pass(void) {
  dc_encoder call = dc_encode_selector(0x3c29fc43, 2);
  dc_encode_u256(&call, dc_arg_u256(1));
  dc_encode_u256(&call, dc_arg_u256(2));
  dc_decoder out = dc_call_typed(dc_arg_address(0), &call, 0);
  dc_result_u256(dc_decode_u256(&out));
}

static void ratio(void) {
  u256 x = dc_arg_u256(0);
  if (x > 5) {
    dc_result_u256(x - 6);
    return;
  }
  uint32_t share = 7u / (uint32_t)(x - 4);
  dc_result_u256(dc_div(10, x) + share);
}

DC_CONTRACT(
  DC_METHOD(0x3c29fc43, fill, "function fill(uint256 count, uint256 limit) returns (uint256)")
  DC_METHOD(0x20a59c30, pass, "function pass(address inner, uint256 count, uint256 limit) returns (uint256)")
  DC_METHOD(0x008df454, ratio, "function ratio(uint256 x) returns (uint256)")
)
