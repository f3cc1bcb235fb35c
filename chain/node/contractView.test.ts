import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type Address,
  EMPTY_CODE_HASH,
  InvalidInput,
  MemoryView,
  type StateView,
  toAddress,
  toHash,
} from "@delchain/runtime";
import { ContractView } from "./contractView.ts";

const CONTRACT = toAddress(`0x${"c0".repeat(20)}`);
const OTHER = toAddress(`0x${"b0".repeat(20)}`);
const SLOT = toHash(`0x${"07".repeat(32)}`);
const VALUE = toHash(`0x${"2a".repeat(32)}`);

test("a contract's calls read its slots after their block's state is gone, and nothing else of another block", () => {
  const state = new MemoryView();
  const changes = [CONTRACT, OTHER].map((address: Address) => ({
    address,
    exists: true,
    nonce: 1n,
    balance: 5n,
    codeHash: EMPTY_CODE_HASH,
    wiped: false,
    slots: [{ slot: SLOT, value: VALUE }],
  }));
  state.apply({ accounts: changes, codes: [] });
  const asked: bigint[] = [];
  let newest = 1n;
  const viewAt = (number: bigint): StateView => {
    const read = <Value>(value: Value): Value => {
      asked.push(number);
      if (number === newest) return value;
      const facts = { code: "STATE_PRUNED", number, oldest: newest, newest };
      throw new InvalidInput(facts, `the state of block ${number} is not kept`);
    };
    return {
      account: (address) => read(state.account(address)),
      storage: (address, slot) => read(state.storage(address, slot)),
      code: (hash) => read(state.code(hash)),
      blockHash: (block) => read(state.blockHash(block)),
    };
  };
  const view = new ContractView(CONTRACT, 1n, viewAt);
  assert.equal(view.storage(CONTRACT, SLOT), VALUE);
  newest = 300n;
  assert.equal(view.storage(CONTRACT, SLOT), VALUE);
  assert.equal(view.storage(CONTRACT, SLOT), VALUE);
  assert.deepEqual(asked, [1n, 1n, 300n, 300n]);
  assert.throws(() => view.storage(OTHER, SLOT), /block 1 is not kept/);
  assert.throws(() => view.account(CONTRACT), /block 1 is not kept/);
});
