#include "container.h"

/* An ERC-20 token that runs in a container. All of it belongs to whoever deploys it. */

DC_ADDRESS_MAPPING(balances, 0)
DC_ADDRESS_MAPPING(allowances, 1)
DC_VALUE(supply, 2)

DC_EVENT(TRANSFER, 0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef,
         "event Transfer(address indexed from, address indexed to, uint256 value)")
DC_EVENT(APPROVAL, 0x8c5be1e5ebec7d5bd14f71427d1e84f3dd0314c0f7b2291e5b200ac8c7c3b925,
         "event Approval(address indexed owner, address indexed spender, uint256 value)")

static void construct(void) {
  address nobody = {{0}}, owner = dc_sender();
  u256 amount = dc_arg_u256(0);
  dc_store(supply(), amount);
  dc_store(balances(owner), amount);
  DC_EMIT(3, TRANSFER, dc_word(nobody), dc_word(owner), amount);
}

/* allowance[owner][spender] */
static dc_slot allowance_of(address owner, address spender) {
  return dc_slot_of(allowances(owner), dc_word(spender));
}

static void move(address from, address to, u256 amount) {
  u256 have = dc_load(balances(from));
  dc_require(dc_compare(have, amount) >= 0, "insufficient balance");
  dc_store(balances(from), dc_sub(have, amount));
  dc_store(balances(to), dc_add(dc_load(balances(to)), amount));
  DC_EMIT(3, TRANSFER, dc_word(from), dc_word(to), amount);
}

static void transfer(void) {
  move(dc_sender(), dc_arg_address(0), dc_arg_u256(1));
  dc_result_bool(true);
}

static void approve(void) {
  address owner = dc_sender(), spender = dc_arg_address(0);
  u256 amount = dc_arg_u256(1);
  dc_store(allowance_of(owner, spender), amount);
  DC_EMIT(3, APPROVAL, dc_word(owner), dc_word(spender), amount);
  dc_result_bool(true);
}

static void transfer_from(void) {
  address from = dc_arg_address(0), to = dc_arg_address(1);
  u256 amount = dc_arg_u256(2);
  dc_slot slot = allowance_of(from, dc_sender());
  u256 allowed = dc_load(slot);
  dc_require(dc_compare(allowed, amount) >= 0, "insufficient allowance");
  dc_store(slot, dc_sub(allowed, amount));
  move(from, to, amount);
  dc_result_bool(true);
}

static void name(void) { dc_result_bytes(DC_STRING("Gold")); }
static void symbol(void) { dc_result_bytes(DC_STRING("GLD")); }
static void decimals(void) { dc_result_u256(dc_u256(18)); }
static void total_supply(void) { dc_result_u256(dc_load(supply())); }
static void balance_of(void) { dc_result_u256(dc_load(balances(dc_arg_address(0)))); }
static void allowance(void) {
  dc_result_u256(dc_load(allowance_of(dc_arg_address(0), dc_arg_address(1))));
}

/* The selectors are checked against the signatures when the contract is built. */
DC_CONSTRUCTOR(construct, "constructor(uint256 supply)")
DC_CONTRACT(
  DC_METHOD(0x06fdde03, name, "function name() view returns (string)")
  DC_METHOD(0x95d89b41, symbol, "function symbol() view returns (string)")
  DC_METHOD(0x313ce567, decimals, "function decimals() view returns (uint8)")
  DC_METHOD(0x18160ddd, total_supply, "function totalSupply() view returns (uint256)")
  DC_METHOD(0x70a08231, balance_of, "function balanceOf(address owner) view returns (uint256)")
  DC_METHOD(0xdd62ed3e, allowance, "function allowance(address owner, address spender) view returns (uint256)")
  DC_METHOD(0xa9059cbb, transfer, "function transfer(address to, uint256 amount) returns (bool)")
  DC_METHOD(0x095ea7b3, approve, "function approve(address spender, uint256 amount) returns (bool)")
  DC_METHOD(0x23b872dd, transfer_from, "function transferFrom(address from, address to, uint256 amount) returns (bool)")
)
