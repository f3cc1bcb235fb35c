#include "container.h"

/* The tour's token as a program in a container: Solidity's ABI, storage layout and revert data. */

DC_ADDRESS_MAPPING(balances, 0)
DC_VALUE(supply, 1)

DC_EVENT(TRANSFER, 0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef,
         "event Transfer(address indexed from, address indexed to, uint256 value)")

static void credit(address to, u256 amount) {
  dc_store(balances(to), dc_add(dc_load(balances(to)), amount));
}

static void mint(void) {
  address nobody = {{0}}, to = dc_arg_address(0);
  u256 amount = dc_arg_u256(1);
  dc_store(supply(), dc_add(dc_load(supply()), amount));
  credit(to, amount);
  DC_EMIT(3, TRANSFER, dc_word(nobody), dc_word(to), amount);
}

static void transfer(void) {
  address from = dc_sender(), to = dc_arg_address(0);
  u256 amount = dc_arg_u256(1), have = dc_load(balances(from));
  dc_require(dc_compare(have, amount) >= 0, "insufficient balance");
  dc_store(balances(from), dc_sub(have, amount));
  credit(to, amount);
  DC_EMIT(3, TRANSFER, dc_word(from), dc_word(to), amount);
  dc_result_bool(true);
}

static void balance_of(void) { dc_result_u256(dc_load(balances(dc_arg_address(0)))); }

static void total_supply(void) { dc_result_u256(dc_load(supply())); }

DC_CONTRACT(
  DC_METHOD(0x40c10f19, mint, "function mint(address to, uint256 amount)")
  DC_METHOD(0xa9059cbb, transfer, "function transfer(address to, uint256 amount) returns (bool)")
  DC_METHOD(0x70a08231, balance_of, "function balanceOf(address owner) view returns (uint256)")
  DC_METHOD(0x18160ddd, total_supply, "function totalSupply() view returns (uint256)")
)
