import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import {
  type Address,
  createTestClient,
  createWalletClient,
  encodeFunctionData,
  type Hex,
  http,
  pad,
  parseEther,
  publicActions,
  toHex,
  zeroHash,
} from "viem";
import { loadArtefacts } from "../../apps/tour/artefacts.ts";
import { containerTokens } from "../../apps/tour/containerTokens.ts";
import { tokenAbi } from "../../apps/tour/tokenAbi.ts";
import { DEVNET, MINE_BLOCKS_MAX, SNAPSHOTS_MAX } from "../../chain/index.ts";
import { type Devnet, devnetAccount, startDevnet } from "./support/devnet.ts";

// The cheats as test clients of other tools call them, on real nodes.

const SOMEBODY: Address = "0x00000000000000000000000000000000000babe0";
const alice = devnetAccount(0);
const bob = devnetAccount(1);

function testClient({ chain, url }: Devnet, mode: "anvil" | "hardhat") {
  const transport = http(url, { retryCount: 0 });
  return createTestClient({ chain, mode, transport, pollingInterval: 20 }).extend(publicActions);
}

/** The tour's token in one language, with 1,000 for Alice. */
async function deployToken(devnet: Devnet, name: string): Promise<Address> {
  const { wallet, receipt } = devnet;
  const data = loadArtefacts().get(name)?.initCode();
  const { contractAddress } = await receipt(await wallet(0).sendTransaction({ data: data as Hex }));
  await receipt(await mint(devnet, contractAddress as Address, 1_000n));
  return contractAddress as Address;
}

function mint(devnet: Devnet, address: Address, amount: bigint): Promise<Hex> {
  const args = [alice.address, amount] as const;
  return devnet.wallet(0).writeContract({ address, abi: tokenAbi, functionName: "mint", args });
}

function balanceOf({ reader }: Devnet, address: Address, owner: Address): Promise<bigint> {
  const args = [owner] as const;
  return reader.readContract({ address, abi: tokenAbi, functionName: "balanceOf", args });
}

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
  await devnet.result("anvil_mine", 300);
  const { error } = await devnet.call("evm_revert", id);
  assert.match(error?.message ?? "", /the state of block 0 is not kept: this node has blocks 44/);
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
