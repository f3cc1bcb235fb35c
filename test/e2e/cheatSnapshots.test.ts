import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { type Address, encodeFunctionData, type Hex, parseEther, toHex } from "viem";
import { containerTokens } from "../../apps/tour/containerTokens.ts";
import { tokenAbi } from "../../apps/tour/tokenAbi.ts";
import { SNAPSHOTS_MAX } from "../../chain/index.ts";
import { HISTORY_BLOCKS } from "../../chain/state/history.ts";
import {
  alice,
  balanceOf,
  bob,
  deployToken,
  mint,
  SOMEBODY,
  testClient,
} from "./support/cheatClient.ts";
import { startDevnet } from "./support/devnet.ts";

// Going back: what a node forgets, and what it must not.

test("snapshots: bring back state, blocks, nonces and time, and forget what was since", async () => {
  await using devnet = await startDevnet();
  const client = testClient(devnet, "anvil");
  const token = await deployToken(devnet, "token-solidity");
  const before = await client.getBlock();
  const nonce = await client.getTransactionCount({ address: alice.address });
  const id = await client.snapshot();

  await client.increaseTime({ seconds: 1_000 });
  const hash = await mint(devnet, token, 500n);
  await devnet.receipt(hash);
  const second = await deployToken(devnet, "token-c");
  assert.equal(await balanceOf(devnet, token, alice.address), 1_500n);
  await client.setAutomine(false);
  await devnet.wallet(1).sendTransaction({ to: SOMEBODY, value: 1n });

  await client.revert({ id });
  assert.deepEqual(await client.getBlock(), before);
  assert.equal(await balanceOf(devnet, token, alice.address), 1_000n);
  assert.equal(await client.getTransactionCount({ address: alice.address }), nonce);
  assert.equal(await client.getCode({ address: second }), undefined);
  assert.equal(await devnet.result("eth_getTransactionReceipt", hash), null);
  assert.deepEqual(await devnet.result("txpool_status"), { pending: "0x0", queued: "0x0" });

  await client.setAutomine(true);
  await devnet.receipt(await mint(devnet, token, 7n));
  const after = await client.getBlock();
  assert.equal(after.number, before.number + 1n);
  assert.equal(after.parentHash, before.hash);
  assert.ok(after.timestamp - before.timestamp < 100n);
  assert.equal(await balanceOf(devnet, token, alice.address), 1_007n);
});

test("snapshots: nothing that was read of an undone block is remembered of the one in its place", async () => {
  await using devnet = await startDevnet();
  const token = await deployToken(devnet, "token-solidity");
  // With a gas limit nothing is estimated, so that no other block is read in between.
  const minted = async (to: Address, amount: bigint) => {
    const call = { address: token, abi: tokenAbi, functionName: "mint", gas: 200_000n } as const;
    const hash = await devnet.wallet(0).writeContract({ ...call, args: [to, amount] });
    return (await devnet.receipt(hash)).blockNumber;
  };
  const before = await devnet.reader.getBlockNumber();
  const id = await devnet.result<Hex>("evm_snapshot");
  const filter = await devnet.result<Hex>("eth_newBlockFilter");
  const undone = await devnet.wallet(0).sendTransaction({ to: SOMEBODY, value: 1n, gas: 21_000n });
  await devnet.receipt(undone);
  const number = await minted(alice.address, 500n);
  const hashes = await devnet.result<Hex[]>("eth_getFilterChanges", filter);
  // The old state, as what the undone blocks replaced; then the state of the block that is undone.
  const old = { address: token, abi: tokenAbi, functionName: "balanceOf" } as const;
  const balanceBefore = (owner: Address) =>
    devnet.reader.readContract({ ...old, args: [owner], blockNumber: before });
  assert.equal(await balanceBefore(alice.address), 1_000n);
  assert.equal(await balanceOf(devnet, token, alice.address), 1_500n);

  assert.equal(await devnet.result("evm_revert", id), true);
  const second = await devnet.result<Hex>("evm_snapshot");
  await minted(bob.address, 7n);
  assert.equal(await minted(bob.address, 1n), number);
  assert.equal(await balanceOf(devnet, token, alice.address), 1_000n);
  assert.equal(await balanceOf(devnet, token, bob.address), 8n);
  const others = await devnet.result<Hex[]>("eth_getFilterChanges", filter);
  const { hash } = await devnet.reader.getBlock();
  assert.deepEqual([others.length, others[1], others[1] === hashes[1]], [2, hash, false]);
  // Another transaction stands where this one stood.
  assert.equal(await devnet.result("eth_getTransactionReceipt", undone), null);
  assert.equal(await devnet.result("eth_getTransactionByHash", undone), null);

  // The same with the old state as what was read last.
  assert.equal(await balanceBefore(bob.address), 0n);
  assert.equal(await devnet.result("evm_revert", second), true);
  await minted(SOMEBODY, 3n);
  assert.equal(await balanceBefore(SOMEBODY), 0n);
});

test("snapshots: are used up by a revert, with those taken after it", async () => {
  await using devnet = await startDevnet();
  const [first, second] = [
    await devnet.result<Hex>("evm_snapshot"),
    await devnet.result<Hex>("evm_snapshot"),
  ];
  assert.equal(await devnet.result("evm_revert", first), true);
  assert.equal(await devnet.result("evm_revert", second), false);
  assert.equal(await devnet.result("evm_revert", first), false);
});

test("snapshots: can be gone back to time and again, as fixtures are", async () => {
  await using devnet = await startDevnet();
  const token = await deployToken(devnet, "token-solidity");
  let id = await devnet.result<Hex>("evm_snapshot");
  for (let round = 1n; round <= 5n; round++) {
    await devnet.receipt(await mint(devnet, token, round));
    assert.equal(await balanceOf(devnet, token, alice.address), 1_000n + round);
    assert.equal(await devnet.result("evm_revert", id), true);
    id = await devnet.result<Hex>("evm_snapshot");
  }
  assert.equal(await balanceOf(devnet, token, alice.address), 1_000n);
});

test("snapshots: a reverted chain is what a node finds that starts again", async () => {
  const dataFolder = mkdtempSync(join(tmpdir(), "delchain-cheats-"));
  try {
    const first = await startDevnet({ dataFolder });
    const token = await deployToken(first, "token-solidity");
    const id = await first.result<Hex>("evm_snapshot");
    const hash = await mint(first, token, 500n);
    await first.receipt(hash);
    await first.result("evm_revert", id);
    const head = await first.reader.getBlock();
    await first[Symbol.asyncDispose]();
    await using second = await startDevnet({ dataFolder });
    assert.equal((await second.reader.getBlock()).hash, head.hash);
    assert.equal(await second.result("eth_getTransactionByHash", hash), null);
    assert.equal(await balanceOf(second, token, alice.address), 1_000n);
    await second.receipt(await mint(second, token, 1n));
    assert.equal(await balanceOf(second, token, alice.address), 1_001n);
  } finally {
    rmSync(dataFolder, { recursive: true });
  }
});

test("snapshots: there are no more than a limit", async () => {
  await using devnet = await startDevnet();
  for (let i = 0; i < SNAPSHOTS_MAX; i++) await devnet.result("evm_snapshot");
  const { error } = await devnet.call("evm_snapshot");
  assert.match(error?.message ?? "", /1025 snapshots are over the limit of 1024/);
});

test("snapshots: further back than states are kept is refused, with the blocks that are", async () => {
  await using devnet = await startDevnet();
  const id = await devnet.result<Hex>("evm_snapshot");
  // A request mines 1,024 blocks at most.
  await devnet.result("anvil_mine", Number(HISTORY_BLOCKS) - 956);
  await devnet.result("anvil_mine", 1_000);
  const { error } = await devnet.call("evm_revert", id);
  assert.match(error?.message ?? "", /the state of block 0 is not kept: this node has blocks 44/);
});

test("container calls: what is ordered and has no result stops snapshots, and an impersonated one pays its order", async () => {
  await using devnet = await startDevnet();
  const client = testClient(devnet, "anvil");
  const [token] = (await containerTokens(devnet.node.drivers)).filter(
    ({ head }) => head.driver === "wasmer",
  );
  assert.ok(token?.initCode, "the image wasi lies in the repository");
  const created = await devnet.wallet(0).sendTransaction({ data: token.initCode });
  const address = (await devnet.receipt(created)).contractAddress as Address;
  await client.setBalance({ address: SOMEBODY, value: parseEther("1") });
  await client.impersonateAccount({ address: SOMEBODY });
  await client.setAutomine(false);
  const args = [bob.address, 5n] as const;
  const data = encodeFunctionData({ abi: tokenAbi, functionName: "mint", args });
  const request = { from: SOMEBODY, to: address, data, gas: toHex(1_000_000n) };
  const hash = await devnet.result<Hex>("eth_sendTransaction", request);
  // Without automatic blocks its certificate waits.
  const { error } = await devnet.call("evm_snapshot");
  assert.match(error?.message ?? "", /1 container call is ordered and without result; wait for/);
  await client.setAutomine(true);
  const receipt = await devnet.receipt(hash);
  assert.deepEqual([receipt.status, receipt.from], ["success", SOMEBODY]);
  assert.ok((await client.getBalance({ address: SOMEBODY })) < parseEther("1"));
  assert.equal(await balanceOf(devnet, address, bob.address), 5n);
  const id = await devnet.result<Hex>("evm_snapshot");
  const again = await devnet.result<Hex>("eth_sendTransaction", request);
  await devnet.receipt(again);
  assert.equal(await devnet.result("evm_revert", id), true);
  assert.equal(await balanceOf(devnet, address, bob.address), 5n);
});
