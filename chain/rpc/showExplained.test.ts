import assert from "node:assert/strict";
import { after, test } from "node:test";
import { type CallRun, toHash } from "@delchain/runtime";
import { RESULT_SHOWN_BYTES } from "./showExplained.ts";
import { startContracts } from "./testSupport/contracts.ts";

const rpc = await startContracts();
after(() => rpc.server.close());

const HASH = toHash(`0x${"ab".repeat(32)}`);
const DIFFERENCE = { where: "output byte 0", left: "0x01", right: "0x02" };

function run(bytes: number): CallRun {
  const output = new Uint8Array(bytes);
  return { result: { status: "success", output, logs: [], messages: [], gasUsed: 1n }, slots: [] };
}

function explained(bytes: number): Promise<unknown> {
  const runs = [run(bytes), run(1)] as const;
  const cause = { cause: "time", isGuess: false, difference: DIFFERENCE, runs } as const;
  const finding = { verdict: "strictOnly", run: run(1), causes: [cause], reliesOn: [] } as const;
  rpc.backend.explanations.set(HASH, { state: "explained", finding, runs: 18, untried: [] });
  return rpc.result("del_explainCall", HASH);
}

test("what was found out about a call is told with both results, and nothing of a call that nobody explained", async () => {
  assert.equal(await rpc.result("del_explainCall", HASH), null);
  rpc.backend.explanations.set(HASH, { state: "running" });
  assert.deepEqual(await rpc.result("del_explainCall", HASH), { state: "running" });
  const cause = { cause: "time", isGuess: false, ...DIFFERENCE };
  const result = { status: "success", output: "0x00", logs: [] };
  assert.deepEqual(await explained(1), {
    state: "explained",
    verdict: "strictOnly",
    causes: [{ ...cause, results: [result, result] }],
    reliesOn: [],
    runs: 18,
    untried: [],
  });
});

test("results over the limit are left out, and the difference stays", async () => {
  const causeOf = async (bytes: number): Promise<unknown> => {
    const { causes } = (await explained(bytes)) as {
      causes: { results: unknown; where: string }[];
    };
    return [causes[0]?.where, causes[0]?.results === null];
  };
  assert.deepEqual(await causeOf(RESULT_SHOWN_BYTES), ["output byte 0", false]);
  assert.deepEqual(await causeOf(RESULT_SHOWN_BYTES + 1), ["output byte 0", true]);
});
