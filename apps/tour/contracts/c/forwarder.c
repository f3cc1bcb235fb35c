#include "delchain.h"

/* Calls any contract of any tier for its caller and hands back what that returned or reverted with. */

static void forward(void) {
  address target = dc_arg_address(0);
  if (!dc_call(target, dc_arg_bytes(1), 0, DC_ALL_GAS)) dc_bubble();
  dc_result_bytes(dc_return_data());
}

DC_CONTRACT(
  DC_METHOD(0x6fadcf72, forward, "function forward(address target, bytes data) returns (bytes)")
)
