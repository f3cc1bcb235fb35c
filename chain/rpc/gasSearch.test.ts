import assert from "node:assert/strict";
import { test } from "node:test";
import { EMPTY_BYTES, type TransactionOutcome } from "@delchain/runtime";
import fc from "fast-check";
import { ESTIMATE_EXCESS_PERMILLE, searchGas } from "./gasSearch.ts";

const CAP = 2n ** 26n;

/** A call that uses `used` and starts to succeed at `needed`; counts its runs. */
function callOf(
  used: bigint,
  needed: bigint,
): { runs: number; run: (gas: bigint) => Promise<TransactionOutcome> } {
  const call = {
    runs: 0,
    run: (gasLimit: bigint): Promise<TransactionOutcome> => {
      call.runs++;
      return Promise.resolve(
        gasLimit < needed
          ? { status: "halt", gasUsed: gasLimit, reason: "OutOfGas" }
          : { status: "success", gasUsed: used, output: EMPTY_BYTES, logs: [], created: undefined },
      );
    },
  };
  return call;
}

test("a call that needs what it uses is estimated exactly, in two runs", async () => {
  const transfer = callOf(21_000n, 21_000n);
  assert.deepEqual(await searchGas(transfer.run, CAP), { gas: 21_000n });
  assert.equal(transfer.runs, 2);
});

test("any estimate suffices and is at most the bound above what is needed", async () => {
  const amounts = fc.tuple(fc.bigInt(21_000n, CAP), fc.bigInt(21_000n, CAP));
  await fc.assert(
    fc.asyncProperty(amounts, async ([a, b]) => {
      const [used, needed] = a < b ? [a, b] : [b, a];
      const call = callOf(used, needed);
      const search = await searchGas(call.run, CAP);
      assert("gas" in search);
      assert(search.gas >= needed, `${search.gas} is under ${needed}`);
      const excess = (search.gas - needed) * 1_000n;
      assert(excess <= search.gas * ESTIMATE_EXCESS_PERMILLE, `${search.gas} for ${needed}`);
      assert(call.runs <= 32, `${call.runs} runs`);
    }),
    { numRuns: 2_000 },
  );
});

test("a call that keeps a 64th back for its caller (EIP-150) is estimated within the bound", async () => {
  // An inner call that wants 100,000 gets 63/64 of what is left after 30,000; unused gas returns.
  const needed = 30_000n + (100_000n * 64n + 62n) / 63n;
  const call = callOf(130_000n, needed);
  const search = await searchGas(call.run, CAP);
  assert("gas" in search && search.gas >= needed && search.gas < 134_500n);
  assert(call.runs <= 5, `${call.runs} runs`);
});

test("a revert with all the gas that there is is the answer, in one run", async () => {
  const failed: TransactionOutcome = {
    status: "revert",
    gasUsed: 30_000n,
    output: Uint8Array.of(1),
  };
  let runs = 0;
  const search = await searchGas(() => {
    runs++;
    return Promise.resolve(failed);
  }, CAP);
  assert.deepEqual(search, { failed });
  assert.equal(runs, 1);
});

test("a call that needs all the gas there is gets all", async () => {
  assert.deepEqual(await searchGas(callOf(CAP, CAP).run, CAP), { gas: CAP });
  const refunded = await searchGas(callOf(21_000n, CAP).run, CAP);
  assert.deepEqual(refunded, { gas: CAP });
});

test("trouble of the machine is passed on", async () => {
  const trouble = (): Promise<TransactionOutcome> => Promise.reject(new Error("disk"));
  await assert.rejects(searchGas(trouble, CAP), /disk/);
});
