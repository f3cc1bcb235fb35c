import assert from "node:assert/strict";
import { after, test } from "node:test";
import { toHash } from "@delchain/runtime";
import { STORE, startContracts } from "../testSupport/contracts.ts";
import { checkGas } from "./debug.ts";

const rpc = await startContracts();
after(() => rpc.server.close());

const OPTIONS = { tracer: "delchainProfile" };

test("a chain that is not for tests runs nothing again", async () => {
  for (const [method, ...params] of [
    ["debug_traceCall", { to: STORE }, "latest", OPTIONS],
    ["debug_traceTransaction", `0x${"11".repeat(32)}`, OPTIONS],
  ] as const) {
    const { error } = await rpc.call(method, ...params);
    assert.equal(error?.code, -32601);
    assert.match(error.message, /is of chains for tests, which chain \d+ is not/);
  }
});

test("a transaction that runs otherwise than in its block is refused, with what each used", () => {
  const transactions = ["22", "11"].map((digits) => ({ hash: toHash(`0x${digits.repeat(32)}`) }));
  const receipts = [{ gasUsed: 5n }, { gasUsed: 7n }];
  const ended = (gasUsed: bigint) => {
    return { status: "halt", gasUsed, reason: "a loop" } as const;
  };
  const invalid = { status: "invalid", reason: "it has no money" } as const;
  checkGas(transactions, receipts, [ended(5n), ended(7n)]);
  for (const [last, why] of [
    [ended(8n), /0x11+ used 7 gas, and run again it used 8 gas: its block held more than/],
    [invalid, /0x11+ used 7 gas, and run again it has no money: its block held more than/],
  ] as const) {
    assert.throws(() => checkGas(transactions, receipts, [ended(5n), last]), why);
  }
});

test("a tracer that there is not, too many codes and a broken table are refused by name", async () => {
  const refused = async (options: object): Promise<string> => {
    const { error } = await rpc.call("debug_traceCall", { to: STORE }, "latest", options);
    return `${error?.code} ${error?.message}`;
  };
  assert.match(
    await refused({ tracer: "callTracer" }),
    /^-32004 .*\.tracer: this node has the tracer "delchainProfile" and not "callTracer"$/,
  );
  const withCodes = (codes: readonly object[]) => refused({ ...OPTIONS, tracerConfig: { codes } });
  assert.match(
    await withCodes(Array.from({ length: 1_001 }, () => ({}))),
    /^-32602 .*codes: wanted a list of at most 1000 line tables, got a list of 1001$/,
  );
  const table = { length: 2, hash: `0x${"11".repeat(32)}`, gaps: [], starts: [0], lines: [1, 2] };
  assert.match(
    await withCodes([table]),
    /codes\[0\]\.lines: wanted as many as starts, 1, got a list of 2/,
  );
  assert.match(
    await withCodes([{ ...table, starts: [-1] }]),
    /starts: wanted whole numbers from 0/,
  );
  assert.match(await withCodes([{ ...table, hash: "0x1" }]), /hash: wanted 32 bytes/);
});
