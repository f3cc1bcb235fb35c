#include "delchain.h"

/* Holds what a buyer pays until the goods are there: released to the seller by the buyer, or refunded after the time. */

DC_VALUE(buyer_slot, 0)
DC_VALUE(seller_slot, 1)
DC_VALUE(deadline_slot, 2)
DC_VALUE(amount_slot, 3)

DC_EVENT(DEPOSITED, 0x2da466a7b24304f47e87fa2e1e5a81b9831ce54fec19055ce277ca2f39ba42c4,
         "event Deposited(address indexed buyer, uint256 amount)")
DC_EVENT(RELEASED, 0xb21fb52d5749b80f3182f8c6992236b5e5576681880914484d7f4c9b062e619e,
         "event Released(address indexed seller, uint256 amount)")
DC_EVENT(REFUNDED, 0xd7dee2702d63ad89917b6a4da9981c90c4d24f8c2bdfd64c604ecae57d8d0651,
         "event Refunded(address indexed buyer, uint256 amount)")

static void construct(void) {
  dc_store(buyer_slot(), dc_word(dc_sender()));
  dc_store(seller_slot(), dc_word(dc_arg_address(0)));
  dc_store(deadline_slot(), dc_add(dc_block_time(), dc_arg_u256(1)));
}

/* What is paid is no longer there before the payee's code runs. */
static u256 pay(dc_slot to) {
  u256 amount = dc_load(amount_slot());
  dc_require(amount > 0, "nothing is held");
  dc_store(amount_slot(), 0);
  dc_bytes nothing = {NULL, 0};
  dc_require(dc_call(dc_to_address(dc_load(to)), nothing, amount, DC_ALL_GAS), "payment refused");
  return amount;
}

static void require_buyer(void) {
  dc_require(dc_word(dc_sender()) == dc_load(buyer_slot()), "only the buyer");
}

static void deposit(void) {
  require_buyer();
  dc_require(dc_block_time() < dc_load(deadline_slot()), "too late");
  dc_store(amount_slot(), dc_add(dc_load(amount_slot()), dc_value()));
  DC_EMIT(2, DEPOSITED, dc_word(dc_sender()), dc_value());
}

static void release(void) {
  require_buyer();
  u256 amount = pay(seller_slot());
  DC_EMIT(2, RELEASED, dc_load(seller_slot()), amount);
}

static void refund(void) {
  dc_require(dc_block_time() >= dc_load(deadline_slot()), "too early");
  u256 amount = pay(buyer_slot());
  DC_EMIT(2, REFUNDED, dc_load(buyer_slot()), amount);
}

static void buyer(void) { dc_result_u256(dc_load(buyer_slot())); }
static void seller(void) { dc_result_u256(dc_load(seller_slot())); }
static void deadline(void) { dc_result_u256(dc_load(deadline_slot())); }
static void amount(void) { dc_result_u256(dc_load(amount_slot())); }

/* The selectors are checked against the signatures when the contract is built. */
DC_CONSTRUCTOR(construct, "constructor(address payee, uint256 duration)")
DC_CONTRACT(
  DC_METHOD(0x7150d8ae, buyer, "function buyer() view returns (address)")
  DC_METHOD(0x08551a53, seller, "function seller() view returns (address)")
  DC_METHOD(0x29dcb0cf, deadline, "function deadline() view returns (uint256)")
  DC_METHOD(0xaa8c217c, amount, "function amount() view returns (uint256)")
  DC_PAYABLE_METHOD(0xd0e30db0, deposit, "function deposit() payable")
  DC_METHOD(0x86d1a69f, release, "function release()")
  DC_METHOD(0x590e1ae3, refund, "function refund()")
)
