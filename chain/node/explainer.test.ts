import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { type Explanation, type Hash, toAddress, toHash, Unavailable } from "@delchain/runtime";
import { EXPLANATIONS_KEPT, Explainer } from "./explainer.ts";
import type { HostedBatch } from "./hosting.ts";
import { createLog } from "./log.ts";

const CONTRACT = toAddress(`0x${"c0".repeat(20)}`);
const BATCH = { contract: { address: CONTRACT } } as HostedBatch;
const FOUND: Explanation = {
  calls: [
    {
      verdict: "diverges",
      run: {
        result: {
          status: "success",
          output: new Uint8Array(0),
          logs: [],
          messages: [],
          gasUsed: 0n,
        },
        slots: [],
      },
      causes: [],
      reliesOn: [],
    },
  ],
  runs: 18,
  untried: [],
};
const call = (number: number): Hash => toHash(`0x${number.toString(16).padStart(64, "0")}`);

function explainer(explain: () => Promise<Explanation>): {
  readonly explainer: Explainer;
  readonly told: string[];
} {
  const told: string[] = [];
  const tell = (_: string, text: string): void => void told.push(text);
  return {
    explainer: new Explainer({ hosting: { explain }, tell, log: createLog("silent") }),
    told,
  };
}

test("a call is explained beside everything else, and told with what the contract prints", async () => {
  const gate = Promise.withResolvers<Explanation>();
  const { explainer: one, told } = explainer(() => gate.promise);
  assert.equal(one.explanationOf(call(1)), undefined);
  one.explain(call(1), BATCH);
  assert.deepEqual(one.explanationOf(call(1)), { state: "running" });
  gate.resolve(FOUND);
  await turn();
  const { calls, ...rest } = FOUND;
  assert.deepEqual(one.explanationOf(call(1)), { state: "explained", finding: calls[0], ...rest });
  assert.deepEqual(told, [`replicas of transaction ${call(1)} differed; the cause is: unknown`]);
});

test("one call is explained at a time, and one that comes meanwhile is dropped with the reason", async () => {
  const gate = Promise.withResolvers<Explanation>();
  const { explainer: one } = explainer(() => gate.promise);
  one.explain(call(1), BATCH);
  one.explain(call(2), BATCH);
  const dropped = one.explanationOf(call(2));
  assert.match(dropped?.state === "dropped" ? dropped.reason : "", /another call was being/);
  gate.resolve(FOUND);
  await turn();
  one.explain(call(3), BATCH);
  assert.equal(one.explanationOf(call(3))?.state, "running");
});

test("a machine in trouble leaves a call unexplained, and the next one is explained", async () => {
  let tries = 0;
  const { explainer: one } = explainer(async () => {
    if (tries++ === 0) throw new Unavailable("docker", "the engine is gone");
    return FOUND;
  });
  one.explain(call(1), BATCH);
  await turn();
  assert.deepEqual(one.explanationOf(call(1)), { state: "dropped", reason: "the engine is gone" });
  one.explain(call(2), BATCH);
  await turn();
  assert.equal(one.explanationOf(call(2))?.state, "explained");
});

test("so many explanations are kept, and the oldest goes first", async () => {
  const { explainer: one } = explainer(async () => FOUND);
  for (let number = 0; number <= EXPLANATIONS_KEPT; number++) {
    one.explain(call(number), BATCH);
    await turn();
  }
  assert.equal(one.explanationOf(call(0)), undefined);
  assert.equal(one.explanationOf(call(1))?.state, "explained");
  assert.equal(one.explanationOf(call(EXPLANATIONS_KEPT))?.state, "explained");
});
