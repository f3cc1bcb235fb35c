import assert from "node:assert/strict";
import { test } from "node:test";
import type { CallTrace } from "../executor/trace.ts";
import { encodeEnvelope } from "../host/envelope.ts";
import { contractAddress } from "../types/address.ts";
import { fromHex, type Hex, toHex } from "../types/bytes.ts";
import { InvalidInput, Unavailable } from "../types/errors.ts";
import { COUNTER, deploying, forwarder, REVERTING_COUNTER } from "./testing/evmCode.ts";
import { ScriptTier, script, TRAMPOLINE } from "./testing/scriptTier.ts";
import {
  account,
  BLOCK,
  FailingView,
  SENDER,
  slot,
  type TransactionOverrides,
  World,
} from "./testing/world.ts";

const FREE = { maxFeePerGas: 0n, maxPriorityFeePerGas: 0n };
const [A, B, W, STRANGER] = [account(0xaa), account(0xbb), account(0x77), account(0xdd)];

function fixture(): World {
  const world = new World(new ScriptTier());
  world.putContract(W);
  world.putCode(A, forwarder(W));
  world.putCode(B, COUNTER);
  return world;
}

function query(
  world: World,
  overrides: TransactionOverrides,
  { unchecked = true, trace = false } = {},
): ReturnType<World["executor"]["query"]> {
  const transaction = world.transaction({ ...FREE, ...overrides });
  return world.executor.query(BLOCK, world.reads, { transaction, unchecked, trace });
}

test("a query runs any sender at any nonce for no fee, and leaves nothing", () => {
  const world = fixture();
  // SELFBALANCE, PUSH0, MSTORE, CALLER BALANCE … RETURN 64
  world.putCode(B, "0x475f52333160205260405ff3");
  const { outcome } = query(world, { sender: STRANGER, to: B, nonce: 77n, value: 10n ** 30n });
  assert.equal(outcome.status, "success");
  assert.equal("output" in outcome && toHex(outcome.output), slot(10n ** 30n) + slot(0).slice(2));
  assert.equal(world.view.account(STRANGER), undefined);
  assert.equal(query(world, { to: A, data: script(["add", 1]) }).outcome.status, "success");
  assert.equal(world.slot(W, 1), 0);
});

test("a query runs behind others, which leave nothing either, and says how they ended", () => {
  const world = fixture();
  const add = (nonce: bigint) =>
    world.transaction({ to: A, data: script(["add", 1]), nonce, ...FREE });
  const { nonce } = world.transaction({ to: A });
  const request = { unchecked: true, trace: false };
  const alone = world.executor.query(BLOCK, world.reads, { ...request, transaction: add(nonce) });
  const second = world.executor.query(BLOCK, world.reads, {
    ...request,
    transaction: add(nonce + 1n),
    before: [add(nonce)],
  });
  assert.deepEqual(second.before, [alone.outcome]);
  assert.ok("gasUsed" in second.outcome && "gasUsed" in alone.outcome);
  // A slot that is written already costs less to write.
  assert.ok(second.outcome.gasUsed < alone.outcome.gasUsed);
  assert.equal(world.slot(W, 1), 0);
});

test("a query pays no fee, and still sees the price that it names", () => {
  const world = fixture();
  // GASPRICE, PUSH0, MSTORE, CALLER, BALANCE, PUSH1 32, MSTORE, RETURN 64
  world.putCode(B, "0x3a5f52333160205260405ff3");
  const { outcome } = query(world, { to: B, maxFeePerGas: 9n, maxPriorityFeePerGas: 5n });
  assert.equal("output" in outcome && toHex(outcome.output), slot(9) + slot(10n ** 24n).slice(2));
});

test("a query from a contract's address runs (EIP-3607 is for transactions)", () => {
  assert.equal(query(fixture(), { sender: A, to: B }).outcome.status, "success");
});

test("a query over the transaction gas cap runs with the cap", () => {
  const world = fixture();
  // GAS, PUSH0, MSTORE, RETURN(0, 32)
  world.putCode(B, "0x5a5f5260205ff3");
  const { outcome } = query(world, { to: B, gasLimit: 10n ** 15n });
  assert.equal("output" in outcome && BigInt(toHex(outcome.output)), 2n ** 26n - 21_002n);
});

test("a checked query must be a valid transaction", () => {
  const { outcome } = query(
    fixture(),
    { to: B, nonce: 3n, maxFeePerGas: 10n },
    { unchecked: false },
  );
  assert.deepEqual(outcome, { status: "invalid", reason: "nonce 3 too high, expected 0" });
});

test("a query deploys a contract of another tier and runs its constructor", () => {
  const world = fixture();
  const data = toHex(encodeEnvelope(1, TRAMPOLINE, fromHex(script(["store", 1, 1], ["load", 1]))));
  const { outcome } = query(world, { data });
  assert.deepEqual(outcome.status === "success" && outcome.created, contractAddress(SENDER, 0n));
  assert.equal(world.view.account(contractAddress(SENDER, 0n)), undefined);
});

test("a query leaves an open block as it is", () => {
  const world = fixture();
  const block = world.executor.openBlock(BLOCK, world.view);
  block.execute([world.transaction({ to: B })]);
  const { outcome } = query(world, { to: B });
  assert.equal(outcome.status, "success");
  assert.equal(block.storage(B, slot(0)), slot(1));
  block.execute([world.transaction({ to: B, nonce: 1n })]);
  assert.equal(block.storage(B, slot(0)), slot(2));
});

test("a store that fails fails the query, and the next one runs", () => {
  const world = fixture();
  world.reads = new FailingView(world.view, (read) => read === B);
  assert.throws(() => query(world, { to: B }), Unavailable);
  world.reads = world.view;
  assert.equal(query(world, { to: B }).outcome.status, "success");
});

/** The parts of a trace that a person would check. */
type Shape = readonly [
  CallTrace["kind"],
  string,
  string,
  CallTrace["status"],
  number,
  readonly Shape[],
];

function shape({ kind, from, to, status, logs, calls }: CallTrace): Shape {
  return [kind, from.slice(0, 4), to?.slice(0, 4) ?? "", status, logs.length, calls.map(shape)];
}

test("a trace shows the frames and logs of all tiers, and what each called", () => {
  const world = fixture();
  const REVERTS = account(0xcc);
  world.putCode(REVERTS, REVERTING_COUNTER);
  const data = script(
    ["log", [1], "0x22"],
    ["call", "call", B, "0x"],
    ["call", "static", account(0xee), "0x0102"],
    ["call", "delegate", B, "0x"],
    ["call", "call", REVERTS, "0x"],
    ["create", deploying("0x5a")],
    ["create", "0xefdc0109"],
    ["call", "call", B, "0x", 1],
    ["trap"],
  );
  const { trace } = query(world, { to: A, data }, { trace: true });
  assert.ok(trace);
  assert.deepEqual(shape(trace), [
    "call",
    "0x11",
    "0xaa",
    "success",
    0,
    [
      [
        "call",
        "0xaa",
        "0x77",
        "halt",
        0,
        [
          ["call", "0x77", "0xbb", "success", 0, []],
          ["static", "0x77", "0xee", "success", 0, []],
          ["delegate", "0x77", "0xbb", "success", 0, []],
          ["call", "0x77", "0xcc", "revert", 0, []],
          ["create", "0x77", contractAddress(W, 1n).slice(0, 4), "success", 0, []],
          ["create", "0x77", "", "revert", 0, []],
          ["call", "0x77", "0xbb", "halt", 0, []],
        ],
      ],
    ],
  ]);
  const [host] = trace.calls;
  assert.equal(host?.reason, "unreachable");
  assert.equal(host?.gasUsed, host?.gasLimit);
  assert.equal(host?.calls.at(-1)?.reason, "OutOfFunds");
  assert.equal(toHex(host?.calls[1]?.input ?? new Uint8Array()), "0x0102");
  assert.equal(toHex(host?.calls[3]?.output ?? new Uint8Array()), "0xdeadbeef");
});

test("a trace keeps the logs of frames that succeed, and its root the transaction's figures", () => {
  const world = fixture();
  const { outcome, trace } = query(
    world,
    { to: A, data: script(["log", [1], "0x22"], ["call", "call", B, "0x"]) },
    { trace: true },
  );
  assert.ok(trace && outcome.status === "success");
  const host = trace.calls[0];
  assert.deepEqual([...(host?.logs ?? []), ...(host?.calls[0]?.logs ?? [])], outcome.logs);
  assert.equal(outcome.logs.length, 2);
  assert.deepEqual([trace.gasLimit, trace.gasUsed], [5_000_000n, outcome.gasUsed]);
});

test("a trace shows a self-destruct with its value, a callcode and a CREATE2", () => {
  const world = fixture();
  world.putCode(B, "0x33ff", 6n);
  world.putCode(A, forwarder(B, "callcode"), 8n);
  const dying = query(world, { to: B }, { trace: true }).trace?.calls[0];
  assert.deepEqual(
    [dying?.kind, dying?.from, dying?.to, dying?.value],
    ["selfdestruct", B, SENDER, 6n],
  );
  const callcode = query(world, { to: A }, { trace: true }).trace?.calls[0];
  assert.deepEqual([callcode?.kind, callcode?.from, callcode?.to], ["callcode", A, B]);
  const create2 = query(
    world,
    { to: W, data: script(["create", deploying("0x5a"), 0, 1]) },
    { trace: true },
  );
  assert.equal(create2.trace?.calls[0]?.kind, "create2");
});

test("a trace over its limit is refused by name", () => {
  const world = fixture();
  // Expands memory to 1 MiB, then calls the identity precompile's neighbour with all of it, for ever.
  const loop: Hex = `0x6001620fffff53${"5b"}5f5f621000005f73${account(0xee).slice(2)}${"61ffff"}fa50600756`;
  world.putCode(B, loop);
  assert.throws(
    () => query(world, { to: B, gasLimit: 2n ** 26n }, { trace: true }),
    (error) => error instanceof InvalidInput && error.facts.code === "TRACE_TOO_LARGE",
  );
  assert.equal(query(world, { to: W }, { trace: true }).trace?.status, "success");
});

test("an invalid transaction has no trace", () => {
  const { trace } = query(fixture(), { to: B, gasLimit: 1n }, { trace: true });
  assert.equal(trace, undefined);
});
