import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { encodeStoredCode } from "../host/envelope.ts";
import { fromHex, type Hex, toHex } from "../types/bytes.ts";
import { EMPTY_CODE_HASH, keccak256, ZERO_HASH } from "../types/hash.ts";
import type { TransactionOutcome } from "../types/result.ts";
import { COUNTER, deploying } from "./testing/evmCode.ts";
import { ScriptTier, type Step, script, TRAMPOLINE } from "./testing/scriptTier.ts";
import { account, PRODUCER, SENDER, slot, World } from "./testing/world.ts";

const [E, W, OTHER] = [account(0xee), account(0x77), account(0x55)];
const GAS_LIMIT = 5_000_000n;
const INTRINSIC = 21_000;
const byte = (value: number): string => value.toString(16).padStart(2, "0");

/** What the host API charged for the steps: the transaction's gas without intrinsic gas and refund. */
function hostGas(steps: readonly Step[], prepare: (world: World) => void): number {
  const tier = new ScriptTier();
  tier.program = steps;
  const world = new World(tier);
  world.putContract(W, 100n);
  prepare(world);
  assert.equal(world.send({ to: W, gasLimit: GAS_LIMIT }).status, "success");
  return grossOf(tier);
}

function grossOf(tier: ScriptTier): number {
  const [seen] = tier.seen;
  assert.ok(seen);
  return Number(GAS_LIMIT) - INTRINSIC - seen.host.meter.gas;
}

function gasUsedBy(outcome: TransactionOutcome): number {
  assert.equal(outcome.status, "success");
  return "gasUsed" in outcome ? Number(outcome.gasUsed) : 0;
}

type Access = { readonly key: number; readonly value: number | undefined };

test("a random run of loads and stores costs what the same EVM code costs, refund included", () => {
  const access = fc.record({
    key: fc.integer({ min: 0, max: 2 }),
    value: fc.option(fc.integer({ min: 0, max: 2 }), { nil: undefined }),
  });
  fc.assert(
    fc.property(
      fc.array(access, { minLength: 1, maxLength: 12 }),
      fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 3, maxLength: 3 }),
      (accesses, before) => assert.deepEqual(hostRun(accesses, before), evmRun(accesses, before)),
    ),
    { numRuns: 150 },
  );
});

test("each answer costs its warm or cold price", () => {
  const cases: [string, Step[], number][] = [
    ["cold slot", [["load", 1]], 2_100],
    [
      "warm slot",
      [
        ["load", 1],
        ["load", 1],
      ],
      2_200,
    ],
    ["new slot", [["store", 1, 1]], 22_100],
    ["no-op on a cold slot", [["store", 1, 0]], 2_200],
    [
      "transient",
      [
        ["storeTransient", 1, 1],
        ["loadTransient", 1],
      ],
      200,
    ],
    ["log", [["log", [1, 2], "0x010203"]], 375 * 3 + 24],
    ["cold balance", [["balance", OTHER]], 2_600],
    [
      "warm balance",
      [
        ["balance", OTHER],
        ["balance", OTHER],
      ],
      2_700,
    ],
    ["sender's balance is warm", [["balance", SENDER]], 100],
    ["producer's balance is warm (EIP-3651)", [["balance", PRODUCER]], 100],
    ["precompile's balance is warm", [["balance", account(0).replace(/00$/, "01") as never]], 100],
    ["cold code hash", [["codeHash", OTHER]], 2_600],
    ["cold code of 13 bytes", [["code", OTHER]], 2_600 + 3],
    ["keccak of 33 bytes", [["keccak", `0x${"00".repeat(33)}`]], 30 + 12],
    ["cold call of nothing", [["call", "call", E, "0x"]], 2_600],
    [
      "warm call of nothing",
      [
        ["balance", E],
        ["call", "static", E, "0x"],
      ],
      2_700,
    ],
    ["value to an account that exists", [["call", "call", SENDER, "0x", 1]], 100 + 9_000 - 2_300],
    ["value to a new account", [["call", "call", E, "0x", 1]], 2_600 + 9_000 + 25_000 - 2_300],
    ["creation of nothing", [["create", "0x"]], 32_000],
    [
      "CREATE2 of 33 bytes of STOP",
      [["create", `0x${"00".repeat(33)}`, 0, 1]],
      32_000 + 2 * (2 + 6),
    ],
    ["creation of one byte", [["create", deploying("0x00")]], 32_000 + 2 + 22 + 200],
  ];
  for (const [name, steps, expected] of cases) {
    const gas = hostGas(steps, (world) => world.putCode(OTHER, `0x${"5f".repeat(13)}`));
    assert.equal(gas, expected, name);
  }
});

test("a slot of the access list is warm", () => {
  const tier = new ScriptTier();
  tier.program = [["load", 1]];
  const world = new World(tier);
  world.putContract(W);
  const accessList = [{ address: W, slots: [slot(1)] }];
  const listed = gasUsedBy(world.send({ to: W, accessList }));
  assert.equal(listed - gasUsedBy(world.send({ to: W })), 2_400 + 1_900 - 2_000);
});

test("answers are the state's", () => {
  const tier = new ScriptTier();
  const world = new World(tier);
  world.putContract(W, 3n);
  world.putCode(OTHER, COUNTER, 9n);
  world.send({
    to: W,
    data: script(
      ["balance", OTHER],
      ["code", OTHER],
      ["codeHash", OTHER],
      ["codeHash", E],
      ["codeHash", SENDER],
      ["code", W],
      ["keccak", "0x"],
    ),
  });
  assert.deepEqual(
    tier.seen[0]?.values.map((value) => toHex(value)),
    [
      `0x${"00".repeat(31)}09`,
      COUNTER,
      keccak256(fromHex(COUNTER)),
      ZERO_HASH,
      EMPTY_CODE_HASH,
      toHex(encodeStoredCode({ kind: 1, payloadHash: keccak256(TRAMPOLINE) })),
      EMPTY_CODE_HASH,
    ],
  );
});

test("a store on a call's stipend is out of gas (EIP-2200)", () => {
  const tier = new ScriptTier();
  const world = new World(tier);
  world.putContract(W, 10n);
  world.putCode(E, "0x00");
  world.send({ to: W, data: script(["call", "call", W, script(["store", 1, 0]), 1, 0]) });
  assert.equal(tier.seen[0]?.outcomes[0]?.status, "halt");
  assert.equal(world.slot(W, 1), 0);
});

test("a nested call gets at most 63/64 of what is left (EIP-150)", () => {
  const tier = new ScriptTier();
  tier.program = [["call", "call", E, "0x"]];
  const world = new World(tier);
  world.putContract(W);
  // GAS, PUSH0, MSTORE, RETURN(0, 32)
  world.putCode(E, "0x5a5f5260205ff3");
  world.send({ to: W, gasLimit: BigInt(INTRINSIC + 2_600 + 64_000) });
  const [outcome] = tier.seen[0]?.outcomes ?? [];
  assert.equal(Number(BigInt(toHex(outcome?.output ?? new Uint8Array()))), 63_000 - 2);
});

test("whatever a frame cannot pay halts it, and its caller goes on", () => {
  for (const step of [
    ["load", 1],
    ["add", 1],
    ["balance", E],
    ["code", E],
    ["log", [], `0x${"00".repeat(200)}`],
    ["keccak", `0x${"00".repeat(9_000)}`],
    ["call", "call", E, "0x"],
    ["create", "0x"],
    ["loadTransient", 1],
  ] satisfies Step[]) {
    const tier = new ScriptTier();
    const world = new World(tier);
    world.putContract(W);
    const gas = step[0] === "loadTransient" ? 99 : 1_600;
    world.send({
      to: W,
      data: script(["call", "call", W, script(step), 0, gas], ["store", 7, 1]),
    });
    assert.equal(tier.seen[0]?.outcomes[0]?.status, "halt", step[0]);
    assert.equal(world.slot(W, 7), 1);
  }
});

test("a refund of a frame that reverts is none", () => {
  const used = (ending: "return" | "revert") => {
    const tier = new ScriptTier();
    const world = new World(tier);
    world.putContract(W);
    setSlots(world, [1]);
    tier.program = [["call", "call", W, script(["store", 0, 0], [ending, "0x"]), 0, 100_000]];
    return gasUsedBy(world.send({ to: W, gasLimit: GAS_LIMIT }));
  };
  // 100 for the call, 5,000 for the store, 3 a word for each of two copies of the calldata.
  const words = Math.ceil(fromHex(script(["store", 0, 0], ["return", "0x"])).length / 32);
  const gross = INTRINSIC + 5_100 + 2 * 3 * words;
  assert.deepEqual([used("return"), used("revert")], [gross - 4_800, gross]);
});
type Run = { readonly gross: number; readonly refund: number; readonly slots: readonly number[] };

/** EIP-3529 caps the refund to a fifth of the gas, to which the EVM's pushes count too. */
function run(world: World, gross: number, pushes: number): Run {
  const used = gasUsedBy(world.send({ to: W, gasLimit: GAS_LIMIT }));
  const refund = INTRINSIC + gross + pushes - used;
  return {
    gross,
    refund: Math.min(refund, Math.floor((INTRINSIC + gross) / 5)),
    slots: [0, 1, 2].map((key) => world.slot(W, key)),
  };
}

function hostRun(accesses: readonly Access[], before: readonly number[]): Run {
  const steps = accesses.map(
    ({ key, value }): Step => (value === undefined ? ["load", key] : ["store", key, value]),
  );
  const worldBefore = (): [World, ScriptTier] => {
    const tier = new ScriptTier();
    tier.program = steps;
    const world = new World(tier);
    world.putContract(W);
    setSlots(world, before);
    return [world, tier];
  };
  const [probe, tier] = worldBefore();
  probe.send({ to: W, gasLimit: GAS_LIMIT });
  return run(worldBefore()[0], grossOf(tier), 0);
}

function evmRun(accesses: readonly Access[], before: readonly number[]): Run {
  let code = "";
  let pushes = 0;
  for (const { key, value } of accesses) {
    code += value === undefined ? `60${byte(key)}5450` : `60${byte(value)}60${byte(key)}55`;
    pushes += value === undefined ? 3 + 2 : 6;
  }
  const worldOf = (evmCode: Hex): World => {
    const world = new World();
    world.putCode(W, evmCode);
    setSlots(world, before);
    return world;
  };
  // GAS … GAS, SWAP1, SUB, PUSH0, MSTORE, RETURN(0, 32): gas before refund, and 2 for the second GAS.
  const probe = worldOf(`0x5a${code}5a90035f5260205ff3`).send({ to: W, gasLimit: GAS_LIMIT });
  assert.ok("output" in probe);
  const gross = Number(BigInt(toHex(probe.output))) - 2 - pushes;
  return run(worldOf(`0x${code}00`), gross, pushes);
}

function setSlots(world: World, values: readonly number[]): void {
  const slots = values.map((value, key) => ({ slot: slot(key), value: slot(value) }));
  const { nonce = 0n, balance = 0n, codeHash = EMPTY_CODE_HASH } = world.view.account(W) ?? {};
  const account = { address: W, exists: true, nonce, balance, codeHash, wiped: false, slots };
  world.view.apply({ accounts: [account], codes: [] });
}
