import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type Address,
  type BlockContext,
  createExecutor,
  type ExecutableTransaction,
  type Executor,
  MemoryView,
  type StateDiff,
} from "@delchain/runtime";
import { CHAIN_ID, GENESIS_CODE, RandomBlocks, SENDERS } from "./evmOracleBlocks.ts";
import { OracleChain, OracleState, type Receipt, receiptOf } from "./evmOracleChain.ts";
import { Random } from "./random.ts";

const BLOCKS = 1_000;
const TRANSACTIONS_MAX = 6;
const BALANCE = 10n ** 20n;
/** DELCHAIN_SEED runs a failure again. */
const SEED = Number(process.env.DELCHAIN_SEED ?? 20_261_122);

type Ran = {
  readonly transactions: readonly ExecutableTransaction[];
  readonly receipts: readonly Receipt[];
  readonly diff: StateDiff;
};

type Tally = Record<Receipt["status"] | "codes" | "clearedSlots", number>;

/** Draws each transaction after the one before has run, so that it may call what that created. */
function runBlock(
  executor: Executor,
  view: MemoryView,
  context: BlockContext,
  draws: Random,
  random: RandomBlocks,
): Ran {
  const block = executor.openBlock(context, view);
  const transactions: ExecutableTransaction[] = [];
  const receipts: Receipt[] = [];
  for (let left = 1 + draws.below(TRANSACTIONS_MAX); left > 0; left--) {
    const transaction = random.transaction(context);
    const [outcome] = block.execute([transaction]);
    assert.ok(outcome);
    transactions.push(transaction);
    receipts.push(receiptOf(outcome));
    const created = outcome.status === "success" && outcome.created ? [outcome.created] : [];
    const nonceOf = (sender: Address) => block.account(sender)?.nonce ?? 0n;
    random.learn(created, new Map(SENDERS.map((sender) => [sender, nonceOf(sender)])));
  }
  const diff = block.diff();
  const codes = new Set(diff.codes.map(({ hash }) => hash));
  const coded = diff.accounts.filter(({ codeHash }) => codes.has(codeHash));
  random.learn(
    coded.map(({ address }) => address),
    new Map(),
  );
  return { transactions, receipts, diff };
}

async function genesis(view: MemoryView, states: readonly OracleState[]): Promise<void> {
  for (const sender of SENDERS) {
    view.set(sender, { balance: BALANCE });
    for (const state of states) await state.fund(sender, BALANCE);
  }
  for (const [address, code] of GENESIS_CODE) {
    view.set(address, { code, nonce: 1n });
    for (const state of states) await state.place(address, code);
  }
}

function count(tally: Tally, { receipts, diff }: Ran): void {
  for (const { status } of receipts) tally[status]++;
  tally.codes += diff.codes.length;
  for (const { slots } of diff.accounts) {
    tally.clearedSlots += slots.filter(({ value }) => BigInt(value) === 0n).length;
  }
}

/** Runs the same random blocks on both, and throws at the first difference with the seed and the block. */
async function compare(seed: number, blocks: number, hardfork: string): Promise<Tally> {
  const draws = new Random(seed);
  const random = new RandomBlocks(draws);
  const executor = createExecutor({ tiers: [], transactionGasCap: 2 ** 24 });
  const view = new MemoryView();
  const ours = new OracleState();
  const oracle = await OracleChain.create(CHAIN_ID, hardfork);
  await genesis(view, [ours, oracle.state]);
  const tally: Tally = { success: 0, failure: 0, invalid: 0, codes: 0, clearedSlots: 0 };
  for (let index = 1; index <= blocks; index++) {
    const context = random.context();
    const ran = runBlock(executor, view, context, draws, random);
    const where = `DELCHAIN_SEED=${seed}, block ${index}`;
    const expected = await oracle.runBlock(context, ran.transactions);
    assert.deepEqual(ran.receipts, expected, `other receipts: ${where}`);
    view.apply(ran.diff);
    await ours.apply(ran.diff);
    assert.equal(await ours.root(), await oracle.state.root(), `another root: ${where}`);
    count(tally, ran);
  }
  return tally;
}

test(`${BLOCKS} random blocks end on the roots and receipts of @ethereumjs/vm`, async (context) => {
  const tally = await compare(SEED, BLOCKS, "osaka");
  context.diagnostic(JSON.stringify(tally));
  // What the draws must reach for the comparison to mean something.
  assert.ok(tally.success > BLOCKS && tally.failure > BLOCKS / 4 && tally.invalid > BLOCKS / 20);
  assert.ok(tally.codes > BLOCKS / 4 && tally.clearedSlots > BLOCKS / 20);
});

test("by the rules of another fork the same blocks differ", async () => {
  await assert.rejects(compare(SEED, 100, "shanghai"), /other receipts|another root/);
});
