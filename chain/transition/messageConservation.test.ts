import assert from "node:assert/strict";
import { test } from "node:test";
import { type Address, EMPTY_BYTES, keccak256, type OutgoingMessage } from "@delchain/runtime";
import fc from "fast-check";
import { mappingSlot } from "../system/solidityStorage.ts";
import { isSigned, type ListedTransaction, type SignedTransaction } from "../tx/transaction.ts";
import type { CertifiedBatch, ExecutedContent } from "./executeBlock.ts";
import { readMessageQueues } from "./messageState.ts";
import { type QueueEntry, readQueueTotals } from "./queue.ts";
import { certifiedCall, certify } from "./testCertificate.ts";
import { ALICE, CONTAINER, GWEI, type TestChain } from "./testChain.ts";
import {
  KEEPER,
  MESSAGES,
  newChain,
  REVERTING,
  SENDER,
  STUBBORN,
  sendData,
  sendThrough,
  type Wanted,
} from "./testMessages.ts";

// Random sends of every tier, on one chain in memory: nested ones, failures, callbacks that fail, calls of a container
// that end in every way and send in their turn.

const TARGETS = [KEEPER, REVERTING, SENDER, STUBBORN, CONTAINER] as const;
const OUTCOMES = ["success", "revert", "halt", "timedOut", "diverged"] as const;
const CLAIMABLE_SLOT = 6n;

type Sent = Wanted & { readonly through: Address; readonly payment: bigint };
type Plan = {
  readonly sent: readonly Sent[];
  readonly certifies: boolean;
  readonly outcome: (typeof OUTCOMES)[number];
  readonly messages: readonly OutgoingMessage[];
};

const gas = fc.constantFrom(0n, 60_000n, 300_000n);
const value = fc.bigInt(0n, 1_000n);
const message: fc.Arbitrary<OutgoingMessage> = fc.record({
  to: fc.constantFrom(...TARGETS),
  // The container has what calls bring: seldom enough for gas.
  value: fc.constantFrom(0n, 0n, 1n),
  gas: fc.constantFrom(0n, 0n, 0n, 60_000n),
  callbackGas: fc.constant(0n),
  data: fc.constant(Uint8Array.of(1)),
});
const sent: fc.Arbitrary<Sent> = fc.record({
  through: fc.constantFrom(SENDER, STUBBORN),
  to: fc.constantFrom(...TARGETS, CONTAINER, CONTAINER, SENDER),
  value,
  gas: fc.constantFrom(0n, 60_000n, 600_000n),
  callbackGas: gas,
  // What SENDER and STUBBORN hand on when a message calls them: sometimes they can pay for it.
  data: fc.constantFrom("0x01" as const, sendData({ to: KEEPER, gas: 0n, callbackGas: 0n })),
  payment: fc.constantFrom(10n ** 15n, 10n ** 16n, 1n),
});
const plan: fc.Arbitrary<Plan> = fc.record({
  sent: fc.array(sent, { maxLength: 3 }),
  certifies: fc.constantFrom(true, true, true, false),
  outcome: fc.constantFrom(...OUTCOMES, "success", "success", "success"),
  messages: fc.array(message, { maxLength: 2 }),
});

type Ordered = { readonly entry: QueueEntry; readonly listed: ListedTransaction };

class Model {
  readonly chain: TestChain = newChain();
  readonly #addresses = new Set<Address>([ALICE]);
  #ordered: Ordered[] = [];

  get isQuiet(): boolean {
    const { first, next } = readMessageQueues(this.chain.view, MESSAGES);
    return first === next && this.#ordered.length === 0;
  }

  total(): bigint {
    let sum = 0n;
    for (const address of this.#addresses) sum += this.chain.balance(address);
    return sum;
  }

  async transactions(plans: readonly Sent[]): Promise<SignedTransaction[]> {
    const nonce = Number(this.chain.view.account(ALICE)?.nonce ?? 0n);
    return Promise.all(
      plans.map(({ through, payment, ...wanted }, i) =>
        sendThrough(through, wanted, payment, nonce + i),
      ),
    );
  }

  /** The container's first waiting call, with an outcome. */
  certificates({ certifies, outcome, messages }: Plan): CertifiedBatch[] {
    const [first] = this.#ordered;
    if (!certifies || first === undefined) return [];
    const { entry, listed } = first;
    const succeeded = outcome === "success";
    const found = (output: number) => ({
      calls: [
        certifiedCall(entry.index, {
          outcome: outcome === "diverged" ? "success" : outcome,
          outputHash: keccak256(Uint8Array.of(output)),
          result: isSigned(listed) ? EMPTY_BYTES : Uint8Array.of(output),
          messages: succeeded ? messages : [],
          gasUsed: 100_000n,
        }),
      ],
      slots: [],
    });
    const other = found(outcome === "diverged" ? 2 : 1);
    const certificate = certify(this.chain, entry.orderedIn, found(1), other);
    return [{ certificate, transactions: [listed] }];
  }

  /** A block whose sums are right, and which a validator takes as it is. */
  run(
    certificates: readonly CertifiedBatch[],
    transactions: readonly SignedTransaction[],
  ): ExecutedContent {
    const executed = this.chain.execute({ certificates, transactions });
    const again = this.chain.execute({
      certificates: certificates.filter((one) => executed.certificates.includes(one.certificate)),
      transactions: executed.transactions
        .filter((_, i) => executed.receipts[i]?.containerCall === undefined)
        .filter(isSigned),
    });
    assert.deepEqual([again.refused, again.receipts], [[], executed.receipts]);
    assert.deepEqual(again.diff, executed.diff);
    for (const { address } of executed.diff.accounts) this.#addresses.add(address);
    const before = this.total();
    this.chain.run({ certificates, transactions });
    assert.equal(this.total(), before - executed.gasUsed * GWEI);
    this.#adopt(executed);
    return executed;
  }

  #adopt({ receipts, orders, entries }: ExecutedContent): void {
    const settled = new Set(receipts.map(({ containerCall }) => containerCall?.queueIndex));
    this.#ordered = this.#ordered
      .filter(({ entry }) => !settled.has(entry.index))
      .concat(entries.map((entry, i) => ({ entry, listed: orders[i] as ListedTransaction })));
  }
}

test("no message makes or loses coins but the gas that it burns, and in the end nothing is left over", async () => {
  const seen = new Set<string>();
  const plans = fc.array(plan, { minLength: 5, maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(plans, async (blocks) => {
      const model = new Model();
      const { chain } = model;
      for (const block of blocks) {
        const transactions = await model.transactions(block.sent);
        const { receipts, refused } = model.run(model.certificates(block), transactions);
        for (const { type, status, sender } of receipts) {
          if (type !== 0x7e) continue;
          seen.add(`${sender === MESSAGES ? "callback" : "message"} ${status}`);
          if (sender === CONTAINER) seen.add("message of a container");
        }
        if (refused.length > 0) seen.add("refused");
      }
      for (let i = 0; !model.isQuiet; i++) {
        assert(i < 100, "messages come to an end");
        const last = { certifies: true, outcome: "success", messages: [], sent: [] } as const;
        model.run(model.certificates(last), []);
      }
      const { queueAddress } = chain.spec;
      const claims = [SENDER, STUBBORN, CONTAINER, REVERTING, KEEPER].map((address) =>
        BigInt(chain.view.storage(MESSAGES, mappingSlot(address, CLAIMABLE_SLOT))),
      );
      assert.equal(
        chain.balance(MESSAGES),
        claims.reduce((sum, one) => sum + one),
      );
      if (chain.balance(MESSAGES) > 0n) seen.add("claimable");
      assert.deepEqual(
        [chain.balance(queueAddress), readQueueTotals(chain.view, queueAddress).waiting],
        [0n, 0n],
      );
    }),
    { numRuns: 20, seed: 20_261_129 },
  );
  assert.deepEqual([...seen].sort(), [
    "callback failure",
    "callback success",
    "claimable",
    "message failure",
    "message of a container",
    "message success",
    "refused",
  ]);
});
