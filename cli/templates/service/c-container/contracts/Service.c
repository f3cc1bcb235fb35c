#include "container.h"

/* A notary as a service: who registered a document's hash first, and when. It runs in a container of its own. */

DC_U256_MAPPING(owner_of, 0)
DC_U256_MAPPING(time_of, 1)
DC_VALUE(operator_slot, 2)

DC_EVENT(NOTARIZED, 0xeec99bda2c2ff860eea98e214aedc66c8ab8ff4b1ee7d6530184c087061f0b35,
         "event Notarized(uint256 indexed document, address indexed owner, uint256 time)")
DC_EVENT(GIVEN, 0x0e29f32fc1fae7760283500fb0de9eb57a6408e7ed5c093383f6fe1485875bb7,
         "event Given(uint256 indexed document, address indexed from, address indexed to)")

static void construct(void) { dc_store(operator_slot(), dc_word(dc_sender())); }

/* Documents stay when the code changes: delchain upgrade. */
static void upgrade_to(void) {
  dc_require(dc_compare(dc_load(operator_slot()), dc_word(dc_sender())) == 0, "only the operator");
  dc_upgrade(dc_arg_address(0));
}

static void notarize(void) {
  u256 document = dc_arg_u256(0), time = dc_u256(dc_block_time());
  dc_require(dc_is_zero(dc_load(time_of(document))), "notarized already");
  dc_store(owner_of(document), dc_word(dc_sender()));
  dc_store(time_of(document), time);
  DC_EMIT(3, NOTARIZED, document, dc_word(dc_sender()), time);
}

static void give(void) {
  u256 document = dc_arg_u256(0);
  u256 sender = dc_word(dc_sender()), to = dc_word(dc_arg_address(1));
  dc_require(dc_compare(dc_load(owner_of(document)), sender) == 0, "only the owner");
  dc_store(owner_of(document), to);
  DC_EMIT(4, GIVEN, document, sender, to);
}

static void owner(void) { dc_result_u256(dc_load(owner_of(dc_arg_u256(0)))); }
static void time(void) { dc_result_u256(dc_load(time_of(dc_arg_u256(0)))); }

/* The selectors are checked against the signatures when the contract is built. */
DC_CONSTRUCTOR(construct, "constructor()")
DC_CONTRACT(
  DC_METHOD(0x3659cfe6, upgrade_to, "function upgradeTo(address implementation)")
  DC_METHOD(0x5a802f0d, notarize, "function notarize(uint256 document)")
  DC_METHOD(0xfcafcc68, give, "function give(uint256 document, address to)")
  DC_METHOD(0x6352211e, owner, "function ownerOf(uint256 document) view returns (address)")
  DC_METHOD(0x60edc4c4, time, "function timeOf(uint256 document) view returns (uint256)")
)
