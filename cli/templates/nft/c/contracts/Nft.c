#include "delchain.h"

/* Tokens that are one of a kind, with ERC-721's functions. Whoever deploys it mints them, numbered from 1. */

DC_VALUE(minter_slot, 0)
DC_VALUE(supply, 1)
DC_U256_MAPPING(owners, 2)
DC_ADDRESS_MAPPING(balances, 3)
DC_U256_MAPPING(approved, 4)
DC_ADDRESS_MAPPING(operators, 5)

DC_EVENT(TRANSFER, 0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef,
         "event Transfer(address indexed from, address indexed to, uint256 indexed tokenId)")
DC_EVENT(APPROVAL, 0x8c5be1e5ebec7d5bd14f71427d1e84f3dd0314c0f7b2291e5b200ac8c7c3b925,
         "event Approval(address indexed owner, address indexed approved, uint256 indexed tokenId)")
DC_EVENT(APPROVAL_FOR_ALL, 0x17307eab39ab6107e8899845ad3d59bd9653f200f220920489ca2b5937696c31,
         "event ApprovalForAll(address indexed owner, address indexed operator, bool approved)")

static void construct(void) { dc_store(minter_slot(), dc_word(dc_sender())); }

/* isApprovedForAll[owner][operator]; both as words. */
static dc_slot operator_of(u256 owner, u256 operator) {
  return dc_slot_of(operators(dc_to_address(owner)), operator);
}

static dc_slot balance_slot(u256 owner) { return balances(dc_to_address(owner)); }

static u256 existing_owner(u256 id) {
  u256 owner = dc_load(owners(id));
  dc_require(owner != 0, "no such token");
  return owner;
}

static void mint(void) {
  u256 to = dc_word(dc_arg_address(0));
  dc_require(dc_word(dc_sender()) == dc_load(minter_slot()), "only the minter");
  dc_require(to != 0, "nobody to mint to");
  u256 id = dc_load(supply()) + 1;
  dc_store(supply(), id);
  dc_store(owners(id), to);
  dc_store(balance_slot(to), dc_load(balance_slot(to)) + 1);
  DC_EMIT(4, TRANSFER, 0, to, id);
  dc_result_u256(id);
}

static void approve(void) {
  u256 to = dc_word(dc_arg_address(0)), id = dc_arg_u256(1), sender = dc_word(dc_sender());
  u256 owner = existing_owner(id);
  dc_require(sender == owner || dc_load(operator_of(owner, sender)), "not allowed");
  dc_store(approved(id), to);
  DC_EMIT(4, APPROVAL, owner, to, id);
}

static void set_approval_for_all(void) {
  u256 sender = dc_word(dc_sender()), operator = dc_word(dc_arg_address(0));
  bool is_approved = dc_arg_bool(1);
  dc_store(operator_of(sender, operator), is_approved);
  DC_EMIT(3, APPROVAL_FOR_ALL, sender, operator, is_approved);
}

static void transfer_from(void) {
  u256 from = dc_word(dc_arg_address(0)), to = dc_word(dc_arg_address(1)), id = dc_arg_u256(2);
  u256 sender = dc_word(dc_sender());
  dc_require(existing_owner(id) == from, "not the owner");
  dc_require(to != 0, "nobody to give to");
  bool is_operator = dc_load(operator_of(from, sender)) != 0;
  dc_require(sender == from || is_operator || dc_load(approved(id)) == sender, "not allowed");
  dc_store(approved(id), 0);
  dc_store(balance_slot(from), dc_load(balance_slot(from)) - 1);
  dc_store(balance_slot(to), dc_load(balance_slot(to)) + 1);
  dc_store(owners(id), to);
  DC_EMIT(4, TRANSFER, from, to, id);
}

static void name(void) { dc_result_bytes(DC_STRING("Deeds")); }
static void symbol(void) { dc_result_bytes(DC_STRING("DEED")); }
static void minter(void) { dc_result_u256(dc_load(minter_slot())); }
static void total_supply(void) { dc_result_u256(dc_load(supply())); }
static void owner_of(void) { dc_result_u256(existing_owner(dc_arg_u256(0))); }
static void balance_of(void) { dc_result_u256(dc_load(balances(dc_arg_address(0)))); }
static void get_approved(void) { dc_result_u256(dc_load(approved(dc_arg_u256(0)))); }
static void is_approved_for_all(void) {
  dc_result_u256(dc_load(operator_of(dc_word(dc_arg_address(0)), dc_word(dc_arg_address(1)))));
}

/* The selectors are checked against the signatures when the contract is built. */
DC_CONSTRUCTOR(construct, "constructor()")
DC_CONTRACT(
  DC_METHOD(0x06fdde03, name, "function name() view returns (string)")
  DC_METHOD(0x95d89b41, symbol, "function symbol() view returns (string)")
  DC_METHOD(0x07546172, minter, "function minter() view returns (address)")
  DC_METHOD(0x18160ddd, total_supply, "function totalSupply() view returns (uint256)")
  DC_METHOD(0x6352211e, owner_of, "function ownerOf(uint256 id) view returns (address)")
  DC_METHOD(0x70a08231, balance_of, "function balanceOf(address owner) view returns (uint256)")
  DC_METHOD(0x081812fc, get_approved, "function getApproved(uint256 id) view returns (address)")
  DC_METHOD(0xe985e9c5, is_approved_for_all,
            "function isApprovedForAll(address owner, address operator) view returns (bool)")
  DC_METHOD(0x6a627842, mint, "function mint(address to) returns (uint256)")
  DC_METHOD(0x095ea7b3, approve, "function approve(address to, uint256 id)")
  DC_METHOD(0xa22cb465, set_approval_for_all,
            "function setApprovalForAll(address operator, bool approved)")
  DC_METHOD(0x23b872dd, transfer_from,
            "function transferFrom(address from, address to, uint256 id)")
)
