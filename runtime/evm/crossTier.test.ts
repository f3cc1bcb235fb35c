import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import type { NestedCall } from "../host/api.ts";
import { type Hex, toHex } from "../types/bytes.ts";
import type { TransactionOutcome } from "../types/result.ts";
import { COUNTER, forwarder, REVERTING_COUNTER } from "./testing/evmCode.ts";
import { ScriptTier, type Step, script } from "./testing/scriptTier.ts";
import { account, BLOCK, SENDER, World } from "./testing/world.ts";

// A is EVM code that forwards its calldata to W, which runs in the script tier and may call B, which is EVM code.
const [A, B, W] = [account(0xaa), account(0xbb), account(0x77)];
const CALL_B: Step = ["call", "call", B, "0x"];

let tier: ScriptTier;
let world: World;

const setUp = (): void => {
  tier = new ScriptTier();
  world = new World(tier);
  world.putContract(W);
  world.putCode(A, forwarder(W));
  world.putCode(B, COUNTER);
};

const send = (...steps: readonly Step[]): TransactionOutcome =>
  world.send({ to: A, data: script(...steps) });
const slots = () => ({ a: world.slot(A, 2), w: world.slot(W, 1), b: world.slot(B, 0) });
const outputOf = (outcome: TransactionOutcome): Hex | undefined =>
  "output" in outcome ? toHex(outcome.output) : undefined;

describe("a transaction through EVM, another tier and EVM again", () => {
  beforeEach(setUp);

  test("all three write, and what B logs is in the receipt", () => {
    const outcome = send(["add", 1], CALL_B);
    assert.equal(outcome.status, "success");
    assert.deepEqual(slots(), { a: 1, w: 1, b: 1 });
    assert.deepEqual(outcome.status === "success" && outcome.logs, [
      { address: B, topics: [], data: new Uint8Array(0) },
    ]);
  });

  test("B's caller is W, and W's is A", () => {
    const outcome = send(CALL_B);
    assert.equal(outputOf(outcome), `0x${"00".repeat(12)}${W.slice(2)}`);
    const { target, caller, codeAddress, depth, isStatic, isCreate } =
      tier.seen[0]?.host.frame ?? {};
    assert.deepEqual(
      { target, caller, codeAddress, depth, isStatic, isCreate },
      { target: W, caller: A, codeAddress: W, depth: 1, isStatic: false, isCreate: false },
    );
  });

  test("origin and the price that the sender pays are the transaction's", () => {
    send();
    assert.deepEqual(tier.seen[0]?.host.context.origin, SENDER);
    assert.equal(tier.seen[0]?.host.context.gasPrice, 8n);
  });

  test("when B reverts, its write and its log are gone, W and A keep theirs", () => {
    world.putCode(B, REVERTING_COUNTER);
    const outcome = send(["add", 1], CALL_B, ["return", "0x"]);
    assert.deepEqual(slots(), { a: 1, w: 1, b: 0 });
    assert.deepEqual(outcome.status === "success" && outcome.logs, []);
    const [fromB] = tier.seen[0]?.outcomes ?? [];
    assert.deepEqual(
      { ...fromB, output: fromB && toHex(fromB.output) },
      { status: "revert", output: "0xdeadbeef", created: undefined },
    );
  });

  test("when W reverts after B succeeded, both are undone, and A sees the failure and W's data", () => {
    const outcome = send(["add", 1], CALL_B, ["revert", "0xabcd"]);
    assert.equal(outcome.status, "success");
    assert.equal(outputOf(outcome), "0xabcd");
    assert.deepEqual(slots(), { a: 0, w: 0, b: 0 });
    assert.equal(world.slot(A, 0), 1);
  });

  test("when W traps, what it passed on and was given is gone, and A goes on", () => {
    const outcome = world.send({
      to: A,
      gasLimit: 1_000_000n,
      data: script(["add", 1], CALL_B, ["trap"]),
    });
    assert.equal(outcome.status, "success");
    assert.deepEqual(slots(), { a: 0, w: 0, b: 0 });
    assert.ok(outcome.status === "success" && outcome.gasUsed > 950_000n);
  });

  test("when A reverts at the end, everything is undone but nonce and gas", () => {
    world.putCode(A, forwarder(W, "call", "revert"));
    const before = world.nonce;
    assert.equal(send(["add", 1], CALL_B).status, "revert");
    assert.deepEqual(slots(), { a: 0, w: 0, b: 0 });
    assert.equal(world.nonce, before + 1n);
  });
});

describe("static calls into and out of another tier", () => {
  beforeEach(setUp);

  for (const step of [
    ["add", 1],
    ["store", 1, 1],
    ["storeTransient", 1, 1],
    ["log", [], "0x"],
    ["call", "call", B, "0x", 1],
    ["create", "0x"],
  ] satisfies Step[]) {
    test(`a static call into W refuses ${step[0]} and halts W`, () => {
      world.putCode(A, forwarder(W, "static"));
      world.putContract(W, 5n);
      assert.equal(send(step).status, "success");
      assert.deepEqual(slots(), { a: 0, w: 0, b: 0 });
      assert.deepEqual(tier.seen[0]?.outcomes, []);
    });
  }

  test("a static call from W into EVM code that stores fails there", () => {
    send(["call", "static", B, "0x", 0, 50_000], ["add", 1]);
    assert.equal(tier.seen[0]?.outcomes[0]?.status, "halt");
    assert.deepEqual(slots(), { a: 1, w: 1, b: 0 });
  });
});

describe("delegate calls into and out of another tier", () => {
  beforeEach(setUp);

  test("a delegate call into W works on A's storage, for A's caller", () => {
    world.putCode(A, forwarder(W, "delegate"));
    send(["add", 1]);
    assert.equal(world.slot(A, 1), 1);
    assert.equal(world.slot(W, 1), 0);
    const { target, caller, codeAddress } = tier.seen[0]?.host.frame ?? {};
    assert.deepEqual(
      { target, caller, codeAddress },
      { target: A, caller: SENDER, codeAddress: W },
    );
  });

  test("a callcode into W works on A's storage", () => {
    world.putCode(A, forwarder(W, "callcode"));
    send(["add", 1]);
    assert.equal(world.slot(A, 1), 1);
  });

  test("a delegate call from W runs EVM code on W's storage", () => {
    send(["call", "delegate", B, "0x"]);
    assert.equal(world.slot(W, 0), 1);
    assert.equal(world.slot(B, 0), 0);
    assert.equal(
      toHex(tier.seen[0]?.outcomes[0]?.output ?? new Uint8Array()).slice(26),
      A.slice(2),
    );
  });
});

describe("limits of nesting", () => {
  beforeEach(setUp);

  test("recursion through all tiers ends at 64 host frames, and the 64th goes on", () => {
    const again = ["again", A] as const;
    const outcome = world.send({ to: A, gasLimit: 2n ** 26n, data: script(["add", 1], again) });
    assert.equal(outcome.status, "success");
    assert.equal(tier.seen.length, 64);
    assert.equal(world.slot(W, 1), 64);
    assert.equal(tier.seen[63]?.host.frame.depth, 127);
    // A at the limit sees its call fail, with its gas given back, and returns.
    assert.equal(tier.seen[63]?.outcomes[0]?.status, "success");
  });

  test("recursion to the limit can be traced", () => {
    const transaction = world.transaction({
      to: A,
      gasLimit: 2n ** 26n,
      data: script(["again", A]),
    });
    const query = { transaction, unchecked: true, trace: true };
    let depth = 0;
    let frame = world.executor.query(BLOCK, world.view, query).trace;
    for (; frame; depth++) frame = frame.calls[0];
    // 64 pairs of A and W, A once more, and its call that was refused.
    assert.equal(depth, 130);
  });

  test("at 64 host frames a creation for another tier fails, and one of EVM code does not", () => {
    const envelope = "0xefdc0101";
    const steps: Step[] = [
      ["again", W],
      ["create", envelope],
      ["create", "0x5f5ff3"],
    ];
    world.send({ to: W, gasLimit: 2n ** 26n, data: script(...steps) });
    assert.equal(tier.seen.length, 64);
    const [again, other, evm] = tier.seen[63]?.outcomes ?? [];
    assert.deepEqual([again?.status, other?.status, evm?.status], ["revert", "revert", "success"]);
  });
});

describe("value, transient storage and accounts without code", () => {
  beforeEach(setUp);

  test("value goes along, and the stipend of 2,300 reaches the callee", () => {
    world.putContract(W, 5n);
    // GAS, PUSH0, MSTORE, RETURN(0, 32)
    world.putCode(B, "0x5a5f5260205ff3");
    send(["call", "call", B, "0x", 3, 0]);
    const [outcome] = tier.seen[0]?.outcomes ?? [];
    assert.equal(BigInt(toHex(outcome?.output ?? new Uint8Array())), 2_298n);
    assert.equal(world.view.account(B)?.balance, 3n);
    assert.equal(world.view.account(W)?.balance, 2n);
  });

  test("value that W does not have is not sent, and the call fails with its gas given back", () => {
    send(["call", "call", B, "0x", 1, 100_000], ["add", 1]);
    assert.equal(tier.seen[0]?.outcomes[0]?.status, "revert");
    assert.deepEqual(slots(), { a: 1, w: 1, b: 0 });
  });

  test("transient storage lives until the transaction ends", () => {
    world.block(
      { to: W, data: script(["storeTransient", 3, 7], ["again", W], ["loadTransient", 3]) },
      { to: W, data: script(["loadTransient", 3]) },
    );
    assert.equal(Number(BigInt(toHex(tier.seen[0]?.values.at(-1) ?? new Uint8Array()))), 7);
    assert.equal(Number(BigInt(toHex(tier.seen.at(-1)?.values[0] ?? new Uint8Array()))), 0);
  });

  test("why W halted is the transaction's reason, cut to 200 characters", () => {
    const halted = world.send({ to: W, gasLimit: 100_000n, data: script(["trap"]) });
    assert.deepEqual(halted, { status: "halt", gasUsed: 100_000n, reason: "unreachable" });
    const violated = world.send({ to: W, data: script(["halt"]) });
    assert.equal(violated.status === "halt" && violated.reason, "asked ".repeat(40).slice(0, 200));
  });

  test("a direct call of W costs intrinsic gas, calldata and what its host API charged", () => {
    const outcome = world.send({ to: W, data: "0x" });
    assert.equal(outcome.status === "success" && outcome.gasUsed, 21_000n);
  });

  const kinds: readonly NestedCall["kind"][] = ["call", "static", "delegate"];
  for (const kind of kinds) {
    test(`a ${kind} call to an account without code succeeds and returns nothing`, () => {
      send(["call", kind, account(0xee), "0x"]);
      assert.deepEqual(tier.seen[0]?.outcomes, [
        { status: "success", output: new Uint8Array(0), created: undefined },
      ]);
    });
  }
});
