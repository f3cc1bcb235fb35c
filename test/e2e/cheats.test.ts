import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import {
  type Address,
  createWalletClient,
  encodeFunctionData,
  type Hex,
  http,
  pad,
  parseEther,
  toHex,
  zeroHash,
} from "viem";
import { tokenAbi } from "../../apps/tour/tokenAbi.ts";
import { DEVNET, MINE_BLOCKS_MAX } from "../../chain/index.ts";
import { alice, balanceOf, bob, deployToken, SOMEBODY, testClient } from "./support/cheatClient.ts";
import { startDevnet } from "./support/devnet.ts";

// The cheats as test clients of other tools call them, on real nodes.

for (const mode of ["anvil", "hardhat"] as const) {
  test(`writes to the state: are blocks of their own, called as ${mode} calls them`, async () => {
    await using devnet = await startDevnet();
    const client = testClient(devnet, mode);
    const before = await client.getBlock();
    await client.setBalance({ address: SOMEBODY, value: parseEther("7") });
    await client.setNonce({ address: SOMEBODY, nonce: 5 });
    // Returns 42 for any call.
    await client.setCode({ address: SOMEBODY, bytecode: "0x602a5f5260205ff3" });
    await client.setStorageAt({ address: SOMEBODY, index: 3, value: pad("0x2a") });
    assert.deepEqual(
      await Promise.all([
        client.getBalance({ address: SOMEBODY }),
        client.getTransactionCount({ address: SOMEBODY }),
        client.getCode({ address: SOMEBODY }),
        client.getStorageAt({ address: SOMEBODY, slot: "0x3" }),
        client.call({ to: SOMEBODY }).then(({ data }) => data),
      ]),
      [parseEther("7"), 5, "0x602a5f5260205ff3", pad("0x2a"), pad("0x2a")],
    );
    const after = await client.getBlock();
    assert.equal(after.number, before.number + 4n);
    assert.notEqual(after.stateRoot, before.stateRoot);
    assert.equal(await client.getBalance({ address: SOMEBODY, blockNumber: before.number }), 0n);
  });
}

test("writes to the state: to what a contract of another tier holds are what it then reads", async () => {
  await using devnet = await startDevnet();
  const client = testClient(devnet, "anvil");
  const token = await deployToken(devnet, "token-c");
  const code = (await client.getCode({ address: token })) as Hex;
  await client.setCode({ address: SOMEBODY, bytecode: code });
  assert.equal(await balanceOf(devnet, SOMEBODY, alice.address), 0n);
  await client.setStorageAt({ address: SOMEBODY, index: 1, value: pad("0x63") });
  const supply = { address: SOMEBODY, abi: tokenAbi, functionName: "totalSupply" } as const;
  assert.equal(await devnet.reader.readContract(supply), 99n);
});

test("writes to the state: refuse code that no tier could have put there, and say what to do", async () => {
  await using devnet = await startDevnet();
  const { error } = await devnet.call("anvil_setCode", SOMEBODY, `0xefdc0101${"00".repeat(32)}`);
  assert.match(error?.message ?? "", /belongs to the other tiers.*by a transaction/);
});

test("writes to the state: outlast the node", async () => {
  const dataFolder = mkdtempSync(join(tmpdir(), "delchain-cheats-"));
  try {
    const first = await startDevnet({ dataFolder });
    await testClient(first, "anvil").setBalance({ address: SOMEBODY, value: 99n });
    const head = await first.reader.getBlock();
    await first[Symbol.asyncDispose]();
    await using second = await startDevnet({ dataFolder });
    assert.equal(await second.reader.getBalance({ address: SOMEBODY }), 99n);
    assert.equal((await second.reader.getBlock()).hash, head.hash);
  } finally {
    rmSync(dataFolder, { recursive: true });
  }
});

test("writes to the state: change nothing for what waits but its account", async () => {
  await using devnet = await startDevnet();
  const client = testClient(devnet, "anvil");
  await client.setAutomine(false);
  const hash = await devnet.wallet(1).sendTransaction({ to: SOMEBODY, value: parseEther("5") });
  await client.setBalance({ address: bob.address, value: 1n });
  assert.deepEqual(await devnet.result("txpool_status"), { pending: "0x0", queued: "0x0" });
  assert.equal((await devnet.call("eth_getTransactionByHash", hash)).result, null);
});

test("impersonation: sends for an account without a key, for no fee, with an ordinary receipt", async () => {
  await using devnet = await startDevnet();
  const client = testClient(devnet, "anvil");
  await client.setBalance({ address: SOMEBODY, value: 10n });
  await client.impersonateAccount({ address: SOMEBODY });
  const wallet = createWalletClient({
    account: SOMEBODY,
    chain: devnet.chain,
    transport: http(devnet.url),
  });
  const coins = () =>
    Promise.all(
      [SOMEBODY, alice.address, bob.address].map((address) => client.getBalance({ address })),
    );
  const [, aliceBefore = 0n, bobBefore = 0n] = await coins();
  const hash = await wallet.sendTransaction({ to: bob.address, value: 4n, gas: 21_000n });
  const receipt = await devnet.receipt(hash);
  assert.deepEqual([receipt.status, receipt.from, receipt.gasUsed], ["success", SOMEBODY, 21_000n]);
  // Alice makes the devnet's blocks: nobody paid her anything either.
  assert.deepEqual(await coins(), [6n, aliceBefore, bobBefore + 4n]);
  assert.equal(await client.getTransactionCount({ address: SOMEBODY }), 1);
  await client.stopImpersonatingAccount({ address: SOMEBODY });
  await assert.rejects(
    wallet.sendTransaction({ to: bob.address, value: 1n, gas: 21_000n }),
    /neither one of the devnet's nor impersonated/,
  );
});

test("impersonation: sends for a contract too, and what it calls sees it as the sender", async () => {
  await using devnet = await startDevnet();
  const client = testClient(devnet, "hardhat");
  const token = await deployToken(devnet, "token-solidity");
  const holder = await deployToken(devnet, "token-c");
  await devnet.receipt(
    await devnet.wallet(0).writeContract({
      address: token,
      abi: tokenAbi,
      functionName: "transfer",
      args: [holder, 100n],
    }),
  );
  await client.impersonateAccount({ address: holder });
  const data = encodeFunctionData({
    abi: tokenAbi,
    functionName: "transfer",
    args: [bob.address, 30n],
  });
  const hash = await devnet.result<Hex>("eth_sendTransaction", { from: holder, to: token, data });
  assert.equal((await devnet.receipt(hash)).status, "success");
  assert.equal(await balanceOf(devnet, token, holder), 70n);
  assert.equal(await balanceOf(devnet, token, bob.address), 30n);
});

test("impersonation: the devnet's own accounts are signed for, and pay", async () => {
  await using devnet = await startDevnet();
  assert.deepEqual(
    (await devnet.result<Address[]>("eth_accounts")).slice(0, 2),
    [alice, bob].map(({ address }) => address.toLowerCase()),
  );
  const before = await devnet.reader.getBalance({ address: bob.address });
  const request = { from: bob.address, to: SOMEBODY, value: "0x1" };
  const hash = await devnet.result<Hex>("eth_sendTransaction", request);
  const { gasUsed, effectiveGasPrice } = await devnet.receipt(hash);
  const after = await devnet.reader.getBalance({ address: bob.address });
  assert.equal(before - after, 1n + gasUsed * effectiveGasPrice);
});

test("time and blocks: the clock jumps ahead and goes on from there", async () => {
  await using devnet = await startDevnet();
  const client = testClient(devnet, "anvil");
  await client.mine({ blocks: 1 });
  const { timestamp } = await client.getBlock();
  await client.increaseTime({ seconds: 86_400 });
  await client.mine({ blocks: 1 });
  const later = (await client.getBlock()).timestamp - timestamp;
  assert.ok(later >= 86_400n && later < 86_410n, `${later} s later`);
  const planned = timestamp + 1_000_000n;
  await client.setNextBlockTimestamp({ timestamp: planned });
  await devnet.receipt(await devnet.wallet(0).sendTransaction({ to: SOMEBODY, value: 1n }));
  assert.equal((await client.getBlock()).timestamp, planned);
  await client.mine({ blocks: 1 });
  const next = (await client.getBlock()).timestamp - planned;
  assert.ok(next >= 0n && next < 10n, `${next} s after the planned one`);
});

test("time and blocks: time never goes back", async () => {
  await using devnet = await startDevnet();
  await testClient(devnet, "anvil").mine({ blocks: 1 });
  const { timestamp } = await devnet.reader.getBlock();
  const { error } = await devnet.call("evm_setNextBlockTimestamp", Number(timestamp) - 1);
  assert.match(error?.message ?? "", /time never goes back/);
});

test("time and blocks: many blocks are as far apart as asked, and one request makes a limited number", async () => {
  await using devnet = await startDevnet();
  await devnet.result("hardhat_mine", "0x1");
  const first = await devnet.reader.getBlock();
  assert.equal(await devnet.result("hardhat_mine", "0x5", "0x3c"), true);
  const last = await devnet.reader.getBlock();
  assert.equal(last.number, first.number + 5n);
  assert.ok(last.timestamp - first.timestamp >= 4n * 60n);
  const { error } = await devnet.call("hardhat_mine", toHex(MINE_BLOCKS_MAX + 1));
  assert.match(error?.message ?? "", /1025 blocks of one request are over the limit of 1024/);
});

test("time and blocks: without automatic blocks a transaction waits until somebody mines", async () => {
  await using devnet = await startDevnet();
  const client = testClient(devnet, "anvil");
  await client.setAutomine(false);
  assert.equal(await client.getAutomine(), false);
  const hashes = [
    await devnet.wallet(0).sendTransaction({ to: SOMEBODY, value: 1n }),
    await devnet.wallet(1).sendTransaction({ to: SOMEBODY, value: 1n }),
  ];
  assert.equal(await devnet.result("eth_getTransactionReceipt", hashes[0]), null);
  await client.mine({ blocks: 1 });
  const blocks = await Promise.all(
    hashes.map(async (hash) => (await client.getTransactionReceipt({ hash })).blockNumber),
  );
  assert.equal(blocks[0], blocks[1]);
  await client.setAutomine(true);
  await devnet.receipt(await devnet.wallet(0).sendTransaction({ to: SOMEBODY, value: 1n }));
});

test("time and blocks: blocks come at an interval once it is set", async () => {
  await using devnet = await startDevnet();
  await devnet.result("evm_setIntervalMining", 50);
  const { promise, resolve } = Promise.withResolvers<void>();
  devnet.node.onBlock(({ number }) => {
    if (number === 3n) resolve();
  });
  await promise;
  await devnet.result("evm_setIntervalMining", 0);
  const hash = await devnet.wallet(0).sendTransaction({ to: SOMEBODY, value: 1n });
  assert.equal((await devnet.receipt(hash)).status, "success");
});

test("a network that means something has no cheats", async () => {
  await using devnet = await startDevnet({ spec: { ...DEVNET, cheats: false } });
  for (const [method, ...params] of [
    ["anvil_setBalance", SOMEBODY, "0x1"],
    ["hardhat_setStorageAt", SOMEBODY, "0x0", zeroHash],
    ["evm_snapshot"],
    ["evm_mine"],
    ["eth_sendTransaction", { from: alice.address, to: SOMEBODY }],
  ] as const) {
    const { error } = await devnet.call(method, ...params);
    assert.equal(error?.code, -32601, method);
    assert.match(error?.message ?? "", /of chains for tests.*delchain devnet/);
  }
  assert.deepEqual(await devnet.result("eth_accounts"), []);
});
