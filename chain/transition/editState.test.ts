import assert from "node:assert/strict";
import { test } from "node:test";
import {
  EMPTY_CODE_HASH,
  fromHex,
  type Hash,
  keccak256,
  MemoryView,
  toAddress,
  toHash,
} from "@delchain/runtime";
import { editDiff } from "./editState.ts";

const LOW = toAddress(`0x${"11".repeat(20)}`);
const HIGH = toAddress(`0x${"22".repeat(20)}`);
const CODE = fromHex("0x6001");

function word(value: number): Hash {
  return toHash(`0x${value.toString(16).padStart(64, "0")}`);
}

test("edits become one diff in canonical order, the last of each kind counting", () => {
  const view = new MemoryView();
  view.set(HIGH, { nonce: 3n, balance: 7n });
  const diff = editDiff(view, [
    { address: HIGH, balance: 8n },
    { address: LOW, slots: [{ slot: word(2), value: word(5) }] },
    { address: HIGH, balance: 9n, code: CODE },
    { address: LOW, slots: [{ slot: word(1), value: word(4) }] },
  ]);
  const codeHash = keccak256(CODE);
  assert.deepEqual(diff, {
    accounts: [
      {
        address: LOW,
        exists: true,
        nonce: 0n,
        balance: 0n,
        codeHash: EMPTY_CODE_HASH,
        wiped: false,
        slots: [
          { slot: word(1), value: word(4) },
          { slot: word(2), value: word(5) },
        ],
      },
      { address: HIGH, exists: true, nonce: 3n, balance: 9n, codeHash, wiped: false, slots: [] },
    ],
    codes: [{ hash: codeHash, bytes: CODE }],
  });
});

test("an account that is left with nothing is not there (EIP-161)", () => {
  const view = new MemoryView();
  view.set(LOW, { balance: 7n });
  const [account] = editDiff(view, [{ address: LOW, balance: 0n }]).accounts;
  assert.deepEqual([account?.exists, account?.wiped], [false, true]);
});
