import assert from "node:assert/strict";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { type Hex, keccak256, parseEther } from "viem";
import { tokenAbi } from "../../apps/tour/tokenAbi.ts";
import { DEVNET } from "../../chain/index.ts";
import { InvalidInput, Unavailable } from "../../runtime/index.ts";
import { type Devnet, devnetAccount, startDevnet } from "./support/devnet.ts";
import { deploy, send } from "./support/token.ts";

const root = mkdtempSync(join(tmpdir(), "delchain-restart-"));
after(() => rmSync(root, { recursive: true }));

const GWEI = 10n ** 9n;
const bob = devnetAccount(1).address;

/** All that a node shows of these transactions and accounts, as JSON. */
async function shown({ result }: Devnet, hashes: readonly Hex[], token: Hex): Promise<unknown> {
  const accounts = [0, 1, 2].map((index) => devnetAccount(index).address);
  const ask = (method: string, ...params: unknown[]): Promise<unknown> => result(method, ...params);
  return {
    head: await ask("eth_getBlockByNumber", "latest", true),
    transactions: await Promise.all(hashes.map((hash) => ask("eth_getTransactionByHash", hash))),
    receipts: await Promise.all(hashes.map((hash) => ask("eth_getTransactionReceipt", hash))),
    balances: await Promise.all(
      accounts.map((account) => ask("eth_getBalance", account, "latest")),
    ),
    nonces: await Promise.all(
      accounts.map((account) => ask("eth_getTransactionCount", account, "pending")),
    ),
    past: await Promise.all(accounts.map((account) => ask("eth_getBalance", account, "0x1"))),
    code: await ask("eth_getCode", token, "latest"),
    logs: await ask("eth_getLogs", { fromBlock: "0x0", address: token }),
    mempool: await ask("txpool_status"),
  };
}

test("after a stop and a start everything that was shown is there, and what waited still waits", async () => {
  const dataFolder = join(root, "restart");
  let before: unknown;
  const hashes: Hex[] = [];
  let token: Hex;
  {
    await using devnet = await startDevnet({ dataFolder });
    const deployed = await deploy(devnet, "token-c");
    token = deployed.address;
    hashes.push(deployed.hash);
    const minted = await send(devnet, token, "mint", [bob, 5n]);
    hashes.push(minted.transactionHash);
    const carol = devnet.wallet(2);
    const gap = { to: bob, value: 1n, gas: 21_000n } as const;
    hashes.push(await carol.sendTransaction({ ...gap, nonce: 2 }));
    // After higher nonces: a replacement in the journal.
    const fees = { maxFeePerGas: 500n * GWEI, maxPriorityFeePerGas: 50n * GWEI };
    hashes.push(await carol.sendTransaction({ ...gap, nonce: 1 }));
    hashes.push(await carol.sendTransaction({ ...gap, ...fees, nonce: 1 }));
    before = await shown(devnet, hashes, token);
  }
  await using devnet = await startDevnet({ dataFolder });
  assert.deepEqual(await shown(devnet, hashes, token), before);
  assert.deepEqual((before as { mempool: unknown }).mempool, { pending: "0x0", queued: "0x2" });
  // It goes on: the gap closes, and all that waited is listed.
  const first = await devnet.wallet(2).sendTransaction({ to: bob, value: 1n, nonce: 0 });
  for (const hash of [first, ...hashes.slice(2, 3), ...hashes.slice(4)]) {
    assert.equal((await devnet.receipt(hash)).status, "success");
  }
  const balance = {
    address: token,
    abi: tokenAbi,
    functionName: "balanceOf",
    args: [bob],
  } as const;
  assert.equal(await devnet.reader.readContract(balance), 5n);
});

test("a transaction that waits for a lower base fee survives a restart", async () => {
  const dataFolder = join(root, "fee");
  let waiting: Hex;
  {
    await using devnet = await startDevnet({ dataFolder });
    const maxFeePerGas = (await devnet.reader.getBlock()).baseFeePerGas ?? 0n;
    const request = { to: bob, value: 1n, maxPriorityFeePerGas: 0n, nonce: 1, gas: 21_000n };
    waiting = await devnet.wallet(3).sendTransaction({ ...request, maxFeePerGas });
    await raiseBaseFee(devnet, maxFeePerGas);
  }
  await using devnet = await startDevnet({ dataFolder });
  assert.equal((await devnet.reader.getTransaction({ hash: waiting })).blockNumber, null);
});

/** Makes full blocks of nothing but burnt gas until the next one's base fee is over `limit`. */
async function raiseBaseFee({ url, reader, receipt }: Devnet, limit: bigint): Promise<void> {
  const burn = { type: "eip1559", data: "0x5b600056", gas: DEVNET.transactionGasMax } as const;
  const fees = { chainId: 31_337, maxFeePerGas: 100n * GWEI, maxPriorityFeePerGas: GWEI };
  for (let nonce = 0; ((await reader.getBlock()).baseFeePerGas ?? 0n) <= limit; nonce++) {
    // Two are a whole block, and come in one request so that they come into one block.
    const raws = await Promise.all(
      [0, 1].map((account) => devnetAccount(account).signTransaction({ ...burn, ...fees, nonce })),
    );
    const method = "eth_sendRawTransaction";
    const batch = raws.map((raw, id) => ({ jsonrpc: "2.0", id, method, params: [raw] }));
    await fetch(url, { method: "POST", body: JSON.stringify(batch) });
    for (const raw of raws) assert.equal((await receipt(keccak256(raw))).status, "reverted");
  }
}

test("with an interval blocks come by the clock, empty ones too", async () => {
  await using devnet = await startDevnet({ intervalMs: 100 });
  const numbers: bigint[] = [];
  const three = new Promise<void>((resolve) => {
    devnet.node.onBlock(({ number, transactions }) => {
      if (transactions === 0) numbers.push(number);
      if (numbers.length === 3) resolve();
    });
  });
  const hash = await devnet.wallet(0).sendTransaction({ to: bob, value: parseEther("1") });
  assert.equal((await devnet.receipt(hash)).status, "success");
  await three;
  assert.equal(new Set(numbers).size, 3);
});

test("a folder of another chain or of another program is refused, with what to do", async () => {
  const ours = join(root, "ours");
  await (await startDevnet({ dataFolder: ours }))[Symbol.asyncDispose]();
  const spec = { ...DEVNET, chainId: 4_242n };
  await assert.rejects(startDevnet({ dataFolder: ours, spec }), (error) => {
    assert(error instanceof InvalidInput, String(error));
    assert.deepEqual(error.facts, { code: "STORE_CHAIN_ID", found: 31_337n, expected: 4_242n });
    assert.match(error.message, new RegExp(`${ours}.*31337.*4242`));
    return true;
  });
  const journal = join(root, "journal");
  mkdirSync(journal);
  writeFileSync(join(journal, "mempool.journal"), "somebody's diary");
  await assert.rejects(startDevnet({ dataFolder: journal }), (error) => {
    assert(error instanceof Unavailable, String(error));
    assert.match(error.message, /mempool.journal is another kind of file; move it away/);
    return true;
  });
  // What failed has let go of the folder.
  await (await startDevnet({ dataFolder: ours }))[Symbol.asyncDispose]();
});

test("a data folder that another node has open is refused, and the other one named", async () => {
  const dataFolder = join(root, "shared");
  await using _first = await startDevnet({ dataFolder });
  await assert.rejects(startDevnet({ dataFolder }), (error) => {
    assert(error instanceof Unavailable, String(error));
    assert.match(
      error.message,
      /is open in .*process.*; stop that process or choose another data folder/,
    );
    return true;
  });
});

test("a port that is taken is an error that leaves nothing running or lying about", async () => {
  const other = createServer().listen(0, "127.0.0.1");
  await once(other, "listening");
  const { port } = other.address() as { port: number };
  // A folder of its own for what is temporary, because other tests use the machine's.
  const temporary = mkdtempSync(join(root, "t"));
  const usual = process.env.TMPDIR;
  process.env.TMPDIR = temporary;
  const threads = process.getActiveResourcesInfo().filter((name) => name === "MessagePort").length;
  await assert.rejects(startDevnet({ port }), { code: "EADDRINUSE" });
  assert.deepEqual(readdirSync(temporary), []);
  if (usual === undefined) delete process.env.TMPDIR;
  else process.env.TMPDIR = usual;
  assert(
    process.getActiveResourcesInfo().filter((name) => name === "MessagePort").length <= threads,
  );
  other.close();
  await once(other, "close");
  const dataFolder = join(root, "port");
  await using devnet = await startDevnet({ port, dataFolder });
  assert.equal(new URL(devnet.url).port, String(port));
  assert(existsSync(dataFolder));
});
