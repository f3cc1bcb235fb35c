#include "contract.h"

/* Sends a message, and keeps what it is told became of it. */

DC_VALUE(told, 0)
DC_VALUE(succeeded, 1)

static void post(void) {
  dc_result_bytes32(dc_send_message(dc_arg_address(0), dc_arg_u256(1), dc_arg_bytes(2), 300000, 600000));
}

static void on_message(void) {
  dc_require(dc_same(dc_sender(), dc_messages()), "not MESSAGES");
  dc_store(told(), dc_arg_u256(0));
  dc_store(succeeded(), dc_arg_u256(1));
}

DC_CONTRACT(
  DC_PAYABLE_METHOD(0xe82c42b6, post, "function post(address to, uint256 value, bytes data) payable returns (bytes32)")
  DC_PAYABLE_METHOD(0xe8c046aa, on_message, "function onMessage(bytes32 id, bool success, bytes result) payable")
)
