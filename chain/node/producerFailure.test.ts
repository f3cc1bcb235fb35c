import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { ZERO_ADDRESS } from "@delchain/runtime";
import type { BlockContent } from "../transition/executeBlock.ts";
import { signedTransfer } from "../tx/testTransactions.ts";
import type { SignedTransaction } from "../tx/transaction.ts";
import { createLog } from "./log.ts";
import { Producer } from "./producer.ts";

/** A chain that cannot make a block with any of `poison` in it, and a mempool of transactions and orders. */
class Chain {
  readonly listed: SignedTransaction[] = [];
  readonly aside: SignedTransaction[] = [];
  tries = 0;
  readonly producer: Producer;
  #waiting: SignedTransaction[];

  constructor(waiting: readonly SignedTransaction[], isPoison: (content: BlockContent) => boolean) {
    this.#waiting = [...waiting];
    this.producer = new Producer({
      producer: ZERO_ADDRESS,
      intervalMs: undefined,
      nextTimestamp: () => 0n,
      selectContent: () => this.#select(),
      produce: async ({ content }) => {
        this.tries++;
        if (isPoison(content)) throw new Error("the engine trapped");
        this.listed.push(...content.transactions, ...content.orders);
        this.#forget(this.listed);
      },
      hasCalls: () => false,
      setAside: ({ transactions, orders }) => {
        this.aside.push(...transactions, ...orders);
        this.#forget(this.aside);
      },
      log: createLog("silent"),
    });
  }

  #select(): BlockContent | undefined {
    if (this.#waiting.length === 0) return undefined;
    const half = this.#waiting.length >> 1;
    const [transactions, orders] = [this.#waiting.slice(0, half), this.#waiting.slice(half)];
    return { certificates: [], overdue: [], transactions, orders };
  }

  #forget(done: readonly SignedTransaction[]): void {
    this.#waiting = this.#waiting.filter((signed) => !done.includes(signed));
  }
}

const transfers = [0n, 1n, 2n, 3n, 4n, 5n, 6n].map((nonce) => signedTransfer({ nonce }));

async function seconds(context: TestContext, count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
    context.mock.timers.tick(1_000);
  }
}

test("a transaction that no block can be made with is found and set aside; all others are listed", async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  for (const poison of transfers) {
    const isPoison = ({ transactions, orders }: BlockContent) =>
      [...transactions, ...orders].includes(poison);
    const chain = new Chain(transfers, isPoison);
    chain.producer.wake();
    await seconds(context, 12);
    assert.deepEqual(chain.aside, [poison]);
    assert.deepEqual(
      new Set(chain.listed),
      new Set(transfers.filter((signed) => signed !== poison)),
    );
    await chain.producer.close();
  }
});

test("after trouble that has passed blocks hold again all that waits", async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  let failures = 5;
  const chain = new Chain(transfers, () => failures-- > 0);
  chain.producer.wake();
  await seconds(context, 12);
  assert.equal(chain.listed.length, transfers.length);
  // Blocks of 7, 3, 1, none, 1 failed; then one was empty, one held 1, and one the other 6.
  assert.equal(chain.tries, 5 + 3);
  await chain.producer.close();
});

test("a machine that cannot make an empty block either sets nothing aside, and tries once a second", async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const chain = new Chain(transfers, () => true);
  for (let i = 0; i < 10; i++) {
    chain.producer.wake();
    await seconds(context, 1);
  }
  assert.deepEqual([chain.listed, chain.aside], [[], []]);
  // One more for each empty block that was tried, once a single transaction had failed.
  assert.ok(chain.tries <= 20, `${chain.tries} tries in ten seconds`);
  await chain.producer.close();
});
