#include "../contracts/Token.c"
#include "delchain_test.h"

/* Unit tests beside those on a chain: they see the contract from inside, each with a storage of its own. */

static void mint(address owner, u256 amount) {
  dc_test_sender(owner);
  dc_test_arguments((u256[]){amount}, 1);
  construct();
}

DC_TEST(all_of_it_belongs_to_whoever_deployed_it) {
  address owner = dc_test_account(1);
  mint(owner, dc_u256(1000));
  DC_ASSERT_EQUAL(dc_load(balances(owner)), 1000);
  DC_ASSERT_EQUAL(dc_load(supply()), 1000);
  DC_ASSERT_EQUAL(dc_test_logs(), 1);
  DC_ASSERT_EQUAL(dc_test_log_word(0, 2), dc_word(owner));
}

DC_TEST(what_moves_is_taken_and_given) {
  address owner = dc_test_account(1), friend = dc_test_account(2);
  mint(owner, dc_u256(1000));
  move(owner, friend, dc_u256(250));
  DC_ASSERT_EQUAL(dc_load(balances(owner)), 750);
  DC_ASSERT_EQUAL(dc_load(balances(friend)), 250);
}

DC_TEST(nobody_moves_more_than_they_have) {
  mint(dc_test_account(1), dc_u256(1000));
  DC_EXPECT_REVERT("insufficient balance");
  move(dc_test_account(2), dc_test_account(1), dc_u256(1));
}

DC_TEST(an_allowance_shrinks_as_it_is_spent) {
  address owner = dc_test_account(1), shop = dc_test_account(3);
  mint(owner, dc_u256(1000));
  dc_test_arguments((u256[]){dc_word(shop), dc_u256(100)}, 2);
  approve();
  dc_test_sender(shop);
  dc_test_arguments((u256[]){dc_word(owner), dc_word(shop), dc_u256(60)}, 3);
  transfer_from();
  DC_ASSERT_EQUAL(dc_load(allowance_of(owner, shop)), 40);
}
