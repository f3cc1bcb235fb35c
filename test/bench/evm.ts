import { readFileSync } from "node:fs";
import {
  type Address,
  type BlockContext,
  bigintToBytes,
  concatBytes,
  contractAddress,
  createExecutor,
  type ExecutableTransaction,
  fromHex,
  type Hash,
  keccak256Bytes,
  MemoryView,
  type TransactionOutcome,
  toAddress,
  toHex,
} from "@delchain/runtime";
import { createBlock } from "@ethereumjs/block";
import { Common, Mainnet } from "@ethereumjs/common";
import { MerkleStateManager } from "@ethereumjs/statemanager";
import { createTx } from "@ethereumjs/tx";
import { Account, Address as OracleAddress } from "@ethereumjs/util";
import { createVM, runTx } from "@ethereumjs/vm";

// Transactions a second of CPU, execution and diff only, beside @ethereumjs/vm in the same run.

const OURS = 20_000;
const THEIRS = 500;
const ROUNDS = 5;
const GAS_LIMIT = 100_000n;

const SENDER = toAddress(`0x${"11".repeat(20)}`);
const TOKEN = contractAddress(SENDER, 0n);
const FUNDS = 10n ** 24n;

/** The tour's ERC-20 in Solidity. */
const { bytecode } = JSON.parse(
  readFileSync(new URL("../../apps/tour/artefacts/token-solidity.json", import.meta.url), "utf8"),
) as { bytecode: string };

const context: BlockContext = {
  chainId: 31_337n,
  number: 1n,
  timestamp: 1n,
  gasLimit: 2n ** 50n,
  baseFee: 1n,
  producer: toAddress(`0x${"99".repeat(20)}`),
  randomness: `0x${"00".repeat(32)}` as Hash,
};

function recipient(index: number): Address {
  return toAddress(toHex(bigintToBytes(BigInt(index) + (1n << 80n), 20)));
}

function transfer(nonce: number): ExecutableTransaction {
  return { ...call(nonce), to: recipient(nonce), value: 1n };
}

function tokenCall(nonce: number, selector: string, to: Address, amount: bigint) {
  const holder = concatBytes(new Uint8Array(12), fromHex(to));
  return {
    ...call(nonce),
    to: TOKEN,
    data: concatBytes(fromHex(selector), holder, bigintToBytes(amount, 32)),
  };
}

function tokenTransfer(nonce: number): ExecutableTransaction {
  return tokenCall(nonce, "0xa9059cbb", recipient(nonce), 1n);
}

/** Before the clock starts: the token, and a holder with enough of it. */
const PREPARE: readonly ExecutableTransaction[] = [
  { ...call(0), to: undefined, gasLimit: 5_000_000n, data: fromHex(bytecode) },
  tokenCall(1, "0x40c10f19", SENDER, FUNDS),
];

function call(nonce: number): Omit<ExecutableTransaction, "to"> {
  return {
    type: 2,
    sender: SENDER,
    nonce: BigInt(nonce),
    gasLimit: GAS_LIMIT,
    maxFeePerGas: 2n,
    maxPriorityFeePerGas: 1n,
    value: 0n,
    data: new Uint8Array(0),
    accessList: [],
  };
}

function ourRate(transactions: readonly ExecutableTransaction[]): number {
  const view = new MemoryView();
  view.set(SENDER, { balance: FUNDS });
  const executor = createExecutor({ tiers: [], transactionGasCap: 2 ** 26 });
  const prepared = executor.openBlock(context, view);
  requireSuccess(prepared.execute(PREPARE));
  view.apply(prepared.diff());
  let best = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const start = process.cpuUsage();
    const block = executor.openBlock(context, view);
    const outcomes = block.execute(transactions);
    const { accounts } = block.diff();
    best = Math.max(best, rate(transactions.length, start));
    requireSuccess(outcomes);
    if (accounts.length < 3) throw new Error("transfers change accounts");
  }
  return best;
}

async function theirRate(transactions: readonly ExecutableTransaction[]): Promise<number> {
  const common = new Common({
    chain: { ...Mainnet, chainId: Number(context.chainId) },
    hardfork: "osaka",
    customCrypto: { keccak256: keccak256Bytes },
  });
  const stateManager = new MerkleStateManager({ common });
  await stateManager.putAccount(oracleAddress(SENDER), new Account(0n, FUNDS));
  const vm = await createVM({ common, stateManager });
  const header = { number: 1n, timestamp: 1n, gasLimit: context.gasLimit, baseFeePerGas: 1n };
  const block = createBlock({ header }, { common, skipConsensusFormatValidation: true });
  const sender = oracleAddress(SENDER);
  const run = async ({ to, ...fields }: ExecutableTransaction) => {
    const data = { ...fields, accessList: [], ...(to && { to: oracleAddress(to) }) };
    const unsigned = createTx(data, { common, freeze: false });
    const tx = Object.assign(unsigned, { getSenderAddress: () => sender, isSigned: () => true });
    const { execResult } = await runTx(vm, { block, tx });
    if (execResult.exceptionError) throw new Error("a transfer failed");
  };
  for (const transaction of PREPARE) await run(transaction);
  const start = process.cpuUsage();
  // A checkpoint around the block, else each transaction writes the trie.
  await stateManager.checkpoint();
  for (const transaction of transactions) await run(transaction);
  await stateManager.commit();
  return rate(transactions.length, start);
}

function requireSuccess(outcomes: readonly TransactionOutcome[]): void {
  const failed = outcomes.find(({ status }) => status !== "success");
  if (failed)
    throw new Error(`a transfer failed: ${JSON.stringify(failed, (_, value) => String(value))}`);
}

function rate(count: number, start: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(start);
  return count / ((user + system) / 1e6);
}

function oracleAddress(address: Address): OracleAddress {
  return new OracleAddress(fromHex(address));
}

for (const [name, draw] of [
  ["transfers", transfer],
  ["ERC-20 transfers", tokenTransfer],
] as const) {
  const batch = (count: number) =>
    Array.from({ length: count }, (_, index) => draw(PREPARE.length + index));
  const ours = ourRate(batch(OURS));
  const theirs = await theirRate(batch(THEIRS));
  process.stdout.write(
    `${name}: ${Math.round(ours)}/s CPU, @ethereumjs/vm ${Math.round(theirs)}/s CPU, ratio ${(ours / theirs).toFixed(0)}\n`,
  );
}
