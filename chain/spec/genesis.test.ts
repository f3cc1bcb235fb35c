import assert from "node:assert/strict";
import { test } from "node:test";
import { EMPTY_CODE_HASH, keccak256, MemoryView, toHash } from "@delchain/runtime";
import { extensionRoot } from "../block/extension.ts";
import { hashHeader } from "../block/headerCodec.ts";
import { DEVNET } from "./devnet.ts";
import { genesisBlock, genesisDiff } from "./genesis.ts";

test("genesis holds the allocations, and the queue as an account that nothing sweeps away", () => {
  const view = new MemoryView();
  view.apply(genesisDiff(DEVNET));
  const queue = view.account(DEVNET.queueAddress);
  assert.equal(queue?.nonce, 1n);
  assert.equal(queue?.codeHash, keccak256(Uint8Array.of(0xfe)));
  assert.deepEqual(view.code(queue?.codeHash ?? EMPTY_CODE_HASH), Uint8Array.of(0xfe));
  for (const { address, balance } of DEVNET.genesis.balances) {
    const { storageRoot: _, ...account } = view.account(address) ?? { storageRoot: undefined };
    assert.deepEqual(account, { nonce: 0n, balance, codeHash: EMPTY_CODE_HASH });
  }
});

test("the diff is canonical: accounts ascend by address", () => {
  const addresses = genesisDiff(DEVNET).accounts.map(({ address }) => address);
  assert.deepEqual(addresses, [...addresses].sort());
  assert.equal(addresses.length, 17);
});

test("the genesis block commits to its extension, and to the state root that it is given", () => {
  const [one, two] = ["11", "22"].map((byte) =>
    genesisBlock(DEVNET, toHash(`0x${byte.repeat(32)}`)),
  );
  assert(one && two);
  assert.deepEqual(one.header.extraData, extensionRoot(one.extension));
  assert.equal(one.extension.containerBaseFee, DEVNET.initialContainerBaseFee);
  assert.notEqual(hashHeader(one.header), hashHeader(two.header));
});
