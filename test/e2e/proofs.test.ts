import assert from "node:assert/strict";
import { test } from "node:test";
import { MerklePatriciaTrie, verifyMPTWithMerkleProof } from "@ethereumjs/mpt";
import {
  type Address,
  encodeFunctionData,
  type Hex,
  hexToBytes,
  keccak256,
  numberToHex,
  pad,
  toRlp,
} from "viem";
import { containerTokens } from "../../apps/tour/containerTokens.ts";
import { tokenAbi } from "../../apps/tour/tokenAbi.ts";
import { type Devnet, devnetAccount, startDevnet } from "./support/devnet.ts";

// Somebody who trusts a block's header alone is shown what an account holds, whatever it is written in.

type Proved = Awaited<ReturnType<Devnet["reader"]["getProof"]>>;

const EMPTY_ROOT = keccak256(toRlp("0x"));

async function shown(root: Hex, key: Hex, proof: readonly Hex[]): Promise<Uint8Array | null> {
  const nodes = proof.map((node) => hexToBytes(node));
  const hashed = keccak256(key, "bytes");
  return verifyMPTWithMerkleProof(new MerklePatriciaTrie(), hexToBytes(root), hashed, nodes);
}

function integer(value: bigint): Hex {
  return value === 0n ? "0x" : numberToHex(value, { size: (value.toString(16).length + 1) >> 1 });
}

async function believe(root: Hex, proved: Proved): Promise<void> {
  const { address, nonce, balance, storageHash, codeHash, accountProof } = proved;
  const leaf = toRlp([integer(BigInt(nonce)), integer(balance), storageHash, codeHash]);
  assert.deepEqual(await shown(root, address, accountProof), hexToBytes(leaf));
  for (const { key, value, proof } of proved.storageProof) {
    const found = await shown(storageHash, pad(key, { size: 32 }), proof);
    assert.deepEqual(found, value === 0n ? null : hexToBytes(toRlp(integer(value))));
  }
}

test("viem's getProof shows what a container has written, to whoever has the block's state root", async () => {
  await using devnet = await startDevnet();
  const { reader } = devnet;
  const [token] = (await containerTokens(devnet.node.drivers)).filter(
    ({ head }) => head.driver === "wasmer",
  );
  assert.ok(token?.initCode, "the image wasi lies in the repository");
  const created = await devnet.wallet(0).sendTransaction({ data: token.initCode });
  const address = (await devnet.receipt(created)).contractAddress as Address;
  const to = devnetAccount(1).address;
  const mint = { abi: tokenAbi, functionName: "mint" } as const;
  const storageKeys: Hex[] = [];
  const blocks: bigint[] = [];
  for (const amount of [7n, 9n]) {
    const data = encodeFunctionData({ ...mint, args: [to, amount] });
    const hash = await devnet.wallet(0).sendTransaction({ to: address, data, gas: 1_000_000n });
    const { status, blockNumber } = await devnet.receipt(hash);
    assert.equal(status, "success");
    blocks.push(blockNumber);
  }
  // Solidity's layout, which the token's SDK keeps: the supply, and balances by account (sdk-langs).
  for (let slot = 0; slot < 8; slot++) storageKeys.push(numberToHex(slot, { size: 32 }));
  for (const blockNumber of blocks) {
    const { stateRoot } = await reader.getBlock({ blockNumber });
    const proved = await reader.getProof({ address, storageKeys, blockNumber });
    assert.notEqual(proved.storageHash, EMPTY_ROOT);
    assert.ok(proved.storageProof.some(({ value }) => value > 0n));
    for (const { key, value } of proved.storageProof) {
      const slot = await reader.getStorageAt({ address, slot: key, blockNumber });
      assert.equal(value, BigInt(slot ?? "0x0"));
    }
    await believe(stateRoot, proved);
    const account = await reader.getProof({ address: to, storageKeys: [], blockNumber });
    await believe(stateRoot, account);
  }
  const [first] = blocks as [bigint];
  const { stateRoot } = await reader.getBlock({ blockNumber: first });
  const none: Address = `0x${"99".repeat(20)}`;
  const nobody = await reader.getProof({ address: none, storageKeys: [], blockNumber: first });
  assert.deepEqual([nobody.balance, nobody.nonce, nobody.storageHash], [0n, 0, EMPTY_ROOT]);
  assert.equal(await shown(stateRoot, nobody.address, nobody.accountProof), null);
});

test("too many slots, and a block too old, are refused with the limit", async () => {
  await using devnet = await startDevnet();
  const { address } = devnetAccount(0);
  const keys = Array.from({ length: 1_025 }, (_, i) => numberToHex(i));
  const many = await devnet.call("eth_getProof", address, keys, "latest");
  assert.match(many.error?.message ?? "", /at most 1024 slots, got "a list of 1025"/);
  assert.equal(many.error?.code, -32_602);
  const wrong = await devnet.call("eth_getProof", address, ["0x01", 7], "latest");
  assert.match(wrong.error?.message ?? "", /params\[1\].*\[0\]|params\[1\].*\[1\]/);
  await devnet.result("anvil_mine", 130);
  const old = await devnet.call("eth_getProof", address, [], "0x1");
  assert.match(old.error?.message ?? "", /the last 128 blocks, 2 at the oldest/);
  assert.equal(old.error?.code, -32_001);
});
