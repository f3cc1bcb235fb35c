import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type Address,
  EMPTY_BYTES,
  encodeStoredCode,
  type Hash,
  keccak256,
  toAddress,
  toHash,
  ZERO_HASH,
} from "@delchain/runtime";
import fc from "fast-check";
import type { CertifiedCall } from "../attest/certificate.ts";
import type { ContainerCallRecord } from "../block/receipt.ts";
import { DEVNET } from "../spec/devnet.ts";
import type { ChainSpec } from "../spec/spec.ts";
import { isSigned, type SignedTransaction } from "../tx/transaction.ts";
import type { BlockContent, CertifiedBatch, ExecutedContent } from "./executeBlock.ts";
import { type QueueEntry, readQueueTotals } from "./queue.ts";
import { certify } from "./testCertificate.ts";
import { CONTAINER, GWEI, MANIFEST, sign, TestChain } from "./testChain.ts";

// Random blocks of transfers, creations, orders and certificates of every outcome, on one chain in memory.

/** The second to fourth key of the devnet's mnemonic. */
const KEYS = [
  "0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d",
  "0x5de4111afa1a4b94908f83103eb1f1706367c2e68ca870fc3fb9a804cdab365a",
  "0x7c852118294e51e653712a81e05800f419141751be58f605c371e15141b007a6",
] as const;
const OTHER_CONTAINER = toAddress(`0x${"0c".repeat(20)}`);
const CONTAINERS = [CONTAINER, OTHER_CONTAINER];
/** Sends what it was given, and itself, to 0x00…07. */
const SELF_DESTRUCT = "0x6007ff";
const REVERT = "0x5f5ffd";
const OUTCOMES = ["success", "revert", "halt", "timedOut", "diverged"] as const;

type Action = {
  readonly what: "transfer" | "selfDestruct" | "revert" | "order";
  readonly sender: number;
  readonly target: number;
  readonly value: bigint;
  /** Added to the nonce that is due: 0 is right. */
  readonly skip: number;
};
type BlockPlan = {
  readonly actions: readonly Action[];
  readonly certified: boolean;
  /** Calls that a certificate leaves to the next one, at most; a batch has one or more. */
  readonly left: number;
  readonly givesUp: boolean;
  readonly outcomes: readonly (typeof OUTCOMES)[number][];
  readonly gas: bigint;
};
type Batch = { readonly contract: Address; readonly number: bigint; readonly calls: Waiting[] };
type Waiting = { readonly entry: QueueEntry; readonly signed: SignedTransaction };

const action: fc.Arbitrary<Action> = fc.record({
  what: fc.constantFrom("transfer", "selfDestruct", "revert", "order", "order"),
  sender: fc.nat(2),
  target: fc.nat(1),
  value: fc.bigInt(0n, 3_000n * 10n ** 18n),
  skip: fc.constantFrom(0, 0, 0, 0, 1),
});
const blockPlan: fc.Arbitrary<BlockPlan> = fc.record({
  actions: fc.array(action, { maxLength: 6 }),
  certified: fc.boolean(),
  left: fc.nat(1),
  givesUp: fc.boolean(),
  outcomes: fc.array(fc.constantFrom(...OUTCOMES), { minLength: 2, maxLength: 2 }),
  gas: fc.bigInt(100_000n, 300_000n),
});

/** Calls are given up in the second block after the one that ordered them. */
const HASTY: ChainSpec = { ...DEVNET, orderDeadlineBlocks: 2n, orderDeadlineSeconds: 20n };

/** A chain with two containers, the calls that wait in it, and every address that it ever changed. */
class Model {
  readonly chain: TestChain = new TestChain(HASTY);
  #batches: Batch[] = [];
  readonly #addresses = new Set<Address>();

  constructor() {
    const payloadHash = keccak256(MANIFEST);
    const code = encodeStoredCode({ kind: 3, payloadHash });
    this.chain.view.set(OTHER_CONTAINER, { nonce: 1n, code });
    for (const { address } of this.chain.spec.genesis.balances) this.#addresses.add(address);
  }

  get waiting(): number {
    return this.#batches.reduce((sum, { calls }) => sum + calls.length, 0);
  }

  total(): bigint {
    let sum = 0n;
    for (const address of this.#addresses) sum += this.chain.balance(address);
    return sum;
  }

  /** What a producer might put together, right or wrong. */
  async content(plan: BlockPlan): Promise<BlockContent> {
    const { actions, certified, givesUp } = plan;
    const nonces = new Map<number, number>();
    const transactions: SignedTransaction[] = [];
    const orders: SignedTransaction[] = [];
    const isOrder = ({ what }: Action) => what === "order";
    // A block executes before it orders, and a sender's nonces follow that.
    for (const one of [...actions.filter((each) => !isOrder(each)), ...actions.filter(isOrder)]) {
      const due = nonces.get(one.sender) ?? this.#nonce(one.sender);
      nonces.set(one.sender, due + 1);
      const signed = await sign(requestOf(one, due + one.skip), KEYS[one.sender]);
      (isOrder(one) ? orders : transactions).push(signed);
    }
    const certificates = certified ? this.#certify(plan) : [];
    return { certificates, overdue: givesUp ? this.#waitingCalls() : [], transactions, orders };
  }

  adopt(executed: ExecutedContent): void {
    for (const { address } of executed.diff.accounts) this.#addresses.add(address);
    const settled = new Set(
      executed.receipts.map(({ containerCall }) => containerCall?.queueIndex),
    );
    this.#batches = this.#batches
      .map((batch) => ({
        ...batch,
        calls: batch.calls.filter(({ entry }) => !settled.has(entry.index)),
      }))
      .filter(({ calls }) => calls.length > 0);
    for (const contract of CONTAINERS) {
      const calls = executed.entries
        .map((entry, i) => ({ entry, signed: executed.orders[i] as SignedTransaction }))
        .filter(({ signed }) => signed.transaction.to === contract);
      if (calls.length > 0) this.#batches.push({ contract, number: this.chain.number, calls });
    }
  }

  #nonce(sender: number): number {
    const address = this.chain.spec.genesis.balances[sender + 1]?.address as Address;
    return Number(this.chain.view.account(address)?.nonce ?? 0n);
  }

  /** Due or not, certified in this block or not. */
  #waitingCalls(): SignedTransaction[] {
    return this.#batches.flatMap(({ calls }) => calls.map(({ signed }) => signed));
  }

  /** The next batch of each container or its beginning, in the order of the queue. */
  #certify({ outcomes, gas, left }: BlockPlan): CertifiedBatch[] {
    const next = CONTAINERS.map((each) => this.#batches.find(({ contract }) => contract === each));
    return next
      .filter((batch) => batch !== undefined)
      .sort((left, right) => (firstIndex(left) < firstIndex(right) ? -1 : 1))
      .map(({ contract, number, calls: all }) => {
        const calls = all.slice(0, Math.max(1, all.length - left));
        const isDiverged = outcomes[0] === "diverged";
        const found = (output: number) => ({
          calls: calls.map(({ entry }, i) =>
            callOf(entry, outcomes[i % 2] ?? "revert", gas, output),
          ),
          slots: [{ slot: slotOf(number), value: slotOf(number + 1n) }],
        });
        const other = isDiverged ? found(2) : found(1);
        const certificate = certify(this.chain, number, found(1), other, contract);
        return { certificate, transactions: calls.map(({ signed }) => signed) };
      });
  }
}

function firstIndex({ calls }: Batch): bigint {
  return calls[0]?.entry.index ?? 0n;
}

function slotOf(number: bigint): Hash {
  return toHash(`0x${number.toString(16).padStart(64, "0")}`);
}

function callOf(
  { index }: QueueEntry,
  outcome: BlockPlan["outcomes"][number],
  gasUsed: bigint,
  output: number,
): CertifiedCall {
  return {
    queueIndex: index,
    outcome: outcome === "diverged" ? "success" : outcome,
    outputHash: keccak256(Uint8Array.of(output)),
    logs: [],
    gasUsed,
    haltCode: outcome === "halt" ? "memory" : "",
    result: EMPTY_BYTES,
    messages: [],
  };
}

function whatBecameOf(call: ContainerCallRecord | undefined): string {
  if (call === undefined) return "executed";
  // A committee's word on a call that timed out has a hash.
  return call.outcome === "timedOut" && call.resultsHash === ZERO_HASH ? "givenUp" : call.outcome;
}

function requestOf({ what, target, value }: Action, nonce: number): Parameters<typeof sign>[0] {
  const container = CONTAINERS[target] as Address;
  switch (what) {
    case "transfer":
      return { nonce, value, to: toAddress(`0x${"b0".repeat(20)}`), gas: 30_000n };
    case "selfDestruct":
      return { nonce, value, data: SELF_DESTRUCT };
    case "revert":
      return { nonce, value, data: REVERT };
    case "order":
      return { nonce, value, to: container, data: "0x01" };
  }
}

test("no block makes or loses coins but the base fee that it burns, and what a producer built others accept", async () => {
  const seen = new Set<string>();
  const plans = fc.array(blockPlan, { minLength: 6, maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(plans, async (blocks) => {
      const model = new Model();
      const { chain } = model;
      for (const plan of blocks) {
        const built = await model.content(plan);
        const executed = chain.execute(built);
        const { transactions, orders, receipts, diff, certificates, refused } = executed;
        const again = chain.execute({
          certificates: built.certificates.filter((one) => certificates.includes(one.certificate)),
          overdue: executed.transactions.filter(
            (signed, i) =>
              receipts[i]?.containerCall !== undefined &&
              !built.certificates.some((one) => one.transactions.includes(signed)),
          ),
          transactions: transactions
            .filter((_, i) => receipts[i]?.containerCall === undefined)
            .filter(isSigned),
          orders: orders.filter(isSigned),
        });
        assert.deepEqual([again.refused, again.receipts], [[], receipts]);
        assert.deepEqual(again.diff, diff);
        const before = model.total();
        chain.run(built);
        model.adopt(executed);
        assert.equal(model.total(), before - executed.gasUsed * GWEI);
        assert.equal(
          Number(readQueueTotals(chain.view, chain.spec.queueAddress).waiting),
          model.waiting,
        );
        if (model.waiting === 0) assert.equal(chain.balance(chain.spec.queueAddress), 0n);
        for (const { containerCall } of receipts) seen.add(whatBecameOf(containerCall));
        if (refused.length > 0) seen.add("refused");
      }
    }),
    { numRuns: 12, seed: 20_261_122 },
  );
  assert.deepEqual([...seen].sort(), ["executed", "refused", "givenUp", ...OUTCOMES].sort());
});
