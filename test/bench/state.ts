import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MessageChannel, Worker } from "node:worker_threads";
import { MerklePatriciaTrie } from "@ethereumjs/mpt";
import { DEVNET } from "../../chain/spec/devnet.ts";
import { encodeAccountLeaf } from "../../chain/state/mptCommitment.ts";
import { serveView } from "../../chain/state/serveView.ts";
import { type ChainStore, openChainStore } from "../../chain/state/store.ts";
import { commitDiff, nextBlock } from "../../chain/state/testBlocks.ts";
import { addressOf } from "../../chain/state/testState.ts";
import { newViewBuffer } from "../../chain/state/viewProtocol.ts";
import {
  type AccountChange,
  compareHex,
  EMPTY_CODE_HASH,
  EMPTY_ROOT,
  fromHex,
  keccak256Bytes,
  type StateDiff,
} from "../../runtime/index.ts";

// How long a block of 1,000 changed accounts takes to hash and to write, and what a read costs, in this thread
// and from another one. Times are of this machine; the ratios say more.

const ACCOUNTS = 10_000;
const BLOCK_ACCOUNTS = 1_000;
const BLOCKS = 8;
const READS = 5_000;

await main();

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "delchain-bench-"));
  const store = await openChainStore(folder, DEVNET);
  for (let i = 0; i < ACCOUNTS; i += BLOCK_ACCOUNTS) await commitDiff(store, changes(i, 1n));

  const prepareMs: number[] = [];
  const commitMs: number[] = [];
  for (let block = 0; block < BLOCKS; block++) {
    const started = process.cpuUsage();
    const prepared = await store.prepare(spread(block));
    prepareMs.push(cpuMs(started));
    const hashed = performance.now();
    await store.commit(prepared, nextBlock(store, prepared.stateRoot));
    commitMs.push(performance.now() - hashed);
  }
  const plainMs = await measurePlain();
  report("hash a block of 1,000 accounts", median(prepareMs), "ms CPU");
  report("  the same by @ethereumjs/mpt alone, in memory, put by put", plainMs, "ms CPU");
  report("  ours to theirs", median(prepareMs) / plainMs, "x");
  report("write that block with fsync", median(commitMs), "ms");

  await store.close();
  const reopened = await openChainStore(folder, DEVNET);
  const missUs = measureReads(reopened);
  const hitUs = measureReads(reopened);
  const remoteUs = await measureRemote(reopened);
  report("read an account from disk", missUs, "us");
  report("read an account from the cache", hitUs, "us");
  report("read an account from another thread", remoteUs, "us");
  report("  remote miss to a local one", remoteUs / missUs, "x");
  await reopened.close();
  rmSync(folder, { recursive: true });
}

/** The library as its manual uses it: secure, in memory, keeping every node that it ever wrote. */
async function measurePlain(): Promise<number> {
  const trie = new MerklePatriciaTrie({
    useKeyHashing: true,
    useKeyHashingFunction: keccak256Bytes,
  });
  const put = async ({ accounts }: StateDiff): Promise<void> => {
    for (const change of accounts) {
      const leaf = encodeAccountLeaf({ ...change, storageRoot: EMPTY_ROOT });
      await trie.put(fromHex(change.address), leaf);
    }
  };
  for (let i = 0; i < ACCOUNTS; i += BLOCK_ACCOUNTS) await put(changes(i, 1n));
  const times: number[] = [];
  for (let block = 0; block < BLOCKS; block++) {
    const started = process.cpuUsage();
    await put(spread(block));
    times.push(cpuMs(started));
  }
  return median(times);
}

function measureReads(store: ChainStore): number {
  const view = store.viewAt();
  const addresses = Array.from({ length: READS }, (_, i) => addressOf(i));
  const started = performance.now();
  for (const address of addresses) view.account(address);
  return ((performance.now() - started) * 1_000) / READS;
}

/** The reading thread is idle but for its questions, and so is this one but for its answers. */
async function measureRemote(store: ChainStore): Promise<number> {
  const { port1, port2 } = new MessageChannel();
  const buffer = newViewBuffer();
  serveView(port1, buffer, store);
  const reads = Array.from({ length: READS }, (_, i) => addressOf(i));
  const thread = new Worker(new URL("./stateReader.ts", import.meta.url), {
    workerData: { port: port2, buffer, number: store.head().number, reads },
    transferList: [port2],
  });
  const [elapsedMs] = await once(thread, "message");
  port1.close();
  await thread.terminate();
  return (elapsedMs * 1_000) / READS;
}

function changes(first: number, balance: bigint): StateDiff {
  return diffOf(
    Array.from({ length: BLOCK_ACCOUNTS }, (_, i) => first + i),
    balance,
  );
}

/** Accounts from all over the state, others in each block. */
function spread(block: number): StateDiff {
  const step = ACCOUNTS / BLOCK_ACCOUNTS;
  const indexes = Array.from({ length: BLOCK_ACCOUNTS }, (_, i) => i * step + (block % step));
  return diffOf(indexes, BigInt(block + 2));
}

function diffOf(indexes: readonly number[], balance: bigint): StateDiff {
  const accounts = indexes.map(
    (index): AccountChange => ({
      address: addressOf(index),
      exists: true,
      nonce: 1n,
      balance,
      codeHash: EMPTY_CODE_HASH,
      wiped: false,
      slots: [],
    }),
  );
  accounts.sort((left, right) => compareHex(left.address, right.address));
  return { accounts, codes: [] };
}

/** Of this process since `started`: what other programs do to the machine is not in it. */
function cpuMs(started: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(started);
  return (user + system) / 1_000;
}

function median(values: readonly number[]): number {
  return values.toSorted((left, right) => left - right)[values.length >> 1] as number;
}

function report(what: string, value: number, unit: string): void {
  process.stdout.write(`${what.padEnd(62)} ${value.toFixed(2).padStart(9)} ${unit}\n`);
}
