#include "delchain.h"

/* A vote between numbered options: one for each address, until the time is over. */

DC_VALUE(options_slot, 0)
DC_VALUE(deadline_slot, 1)
DC_U256_MAPPING(votes_of, 2)
DC_ADDRESS_MAPPING(has_voted_slot, 3)

DC_EVENT(VOTED, 0x4d99b957a2bc29a30ebd96a7be8e68fe50a3c701db28a91436490b7d53870ca4,
         "event Voted(address indexed voter, uint256 indexed option)")

static void construct(void) {
  u256 count = dc_arg_u256(0);
  dc_require(count > 0, "no options");
  dc_store(options_slot(), count);
  dc_store(deadline_slot(), dc_add(dc_block_time(), dc_arg_u256(1)));
}

static void vote(void) {
  address voter = dc_sender();
  u256 option = dc_arg_u256(0);
  dc_require(dc_block_time() < dc_load(deadline_slot()), "too late");
  dc_require(option < dc_load(options_slot()), "no such option");
  dc_require(!dc_load(has_voted_slot(voter)), "voted already");
  dc_store(has_voted_slot(voter), 1);
  dc_store(votes_of(option), dc_load(votes_of(option)) + 1);
  DC_EMIT(3, VOTED, dc_word(voter), option);
}

/* The option with the most votes; of several, the first. */
static void winner(void) {
  dc_require(dc_block_time() >= dc_load(deadline_slot()), "too early");
  u256 options = dc_load(options_slot()), best = 0, most = dc_load(votes_of(0));
  for (u256 option = 1; option < options; option++) {
    u256 votes = dc_load(votes_of(option));
    if (votes > most) best = option, most = votes;
  }
  dc_result_u256(best);
}

static void options(void) { dc_result_u256(dc_load(options_slot())); }
static void deadline(void) { dc_result_u256(dc_load(deadline_slot())); }
static void votes(void) { dc_result_u256(dc_load(votes_of(dc_arg_u256(0)))); }
static void has_voted(void) { dc_result_u256(dc_load(has_voted_slot(dc_arg_address(0)))); }

/* The selectors are checked against the signatures when the contract is built. */
DC_CONSTRUCTOR(construct, "constructor(uint256 count, uint256 duration)")
DC_CONTRACT(
  DC_METHOD(0x1069143a, options, "function options() view returns (uint256)")
  DC_METHOD(0x29dcb0cf, deadline, "function deadline() view returns (uint256)")
  DC_METHOD(0x5df81330, votes, "function votes(uint256 option) view returns (uint256)")
  DC_METHOD(0x09eef43e, has_voted, "function hasVoted(address voter) view returns (bool)")
  DC_METHOD(0x0121b93f, vote, "function vote(uint256 option)")
  DC_METHOD(0xdfbf53ae, winner, "function winner() view returns (uint256)")
)
