import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { encodeEnvelope, encodeStoredCode } from "../host/envelope.ts";
import { contractAddress } from "../types/address.ts";
import { concatBytes, fromHex, type Hex, toHex } from "../types/bytes.ts";
import { keccak256 } from "../types/hash.ts";
import type { TransactionOutcome } from "../types/result.ts";
import { deploying, factory } from "./testing/evmCode.ts";
import { ScriptTier, type Step, script, TRAMPOLINE } from "./testing/scriptTier.ts";
import { account, SENDER, type TransactionOverrides, World } from "./testing/world.ts";

const FACTORY = account(0xfa);
const PAYLOAD_HASH = keccak256(TRAMPOLINE);
const STORED = encodeStoredCode({ kind: 1, payloadHash: PAYLOAD_HASH });
const BASE_GAS = 53_000;

const envelope = (...steps: readonly Step[]): Hex =>
  toHex(encodeEnvelope(1, TRAMPOLINE, steps.length === 0 ? undefined : fromHex(script(...steps))));

/** `Error(string)` undone. */
function reasonOf(outcome: TransactionOutcome): string | undefined {
  if (outcome.status !== "revert") return undefined;
  assert.equal(toHex(outcome.output.subarray(0, 4)), "0x08c379a0");
  const length = Number(BigInt(toHex(outcome.output.subarray(36, 68))));
  return Buffer.from(outcome.output.subarray(68, 68 + length)).toString();
}

let tier: ScriptTier;
let world: World;
const create = (data: Hex, more: TransactionOverrides = {}): TransactionOutcome =>
  world.send({ to: undefined, data, ...more });

const setUp = (): void => {
  tier = new ScriptTier();
  world = new World(tier);
  world.putCode(FACTORY, factory("create"));
};

describe("deploying a contract of another tier", () => {
  beforeEach(setUp);

  test("one creation transaction stores the code, keeps the payload, and runs the constructor", () => {
    const { outcomes, diff } = world.block({ data: envelope(["store", 1, 7]) });
    const created = contractAddress(SENDER, 0n);
    const [outcome] = outcomes;
    assert.deepEqual(outcome, {
      status: "success",
      gasUsed: BigInt(BASE_GAS + 20 * fromHex(envelope(["store", 1, 7])).length + 22_100),
      output: STORED,
      logs: [],
      created,
    });
    assert.equal(world.slot(created, 1), 7);
    assert.deepEqual(
      diff.codes,
      [
        { hash: keccak256(STORED), bytes: STORED },
        { hash: PAYLOAD_HASH, bytes: TRAMPOLINE },
      ].sort((left, right) => (left.hash < right.hash ? -1 : 1)),
    );
    const { isCreate, target, caller, value } = tier.seen[0]?.host.frame ?? {};
    assert.deepEqual(
      { isCreate, target, caller, value },
      { isCreate: true, target: created, caller: SENDER, value: 0n },
    );
  });

  test("a bare module is deployed too", () => {
    const outcome = create(toHex(TRAMPOLINE));
    assert.deepEqual(
      [outcome.status, "gasUsed" in outcome && outcome.gasUsed],
      ["success", BigInt(BASE_GAS + 20 * TRAMPOLINE.length)],
    );
    const call = world.send({ to: contractAddress(SENDER, 0n), data: script(["add", 1]) });
    assert.equal(call.status, "success");
  });
});

describe("the price of a deployment", () => {
  beforeEach(setUp);

  test("an envelope of 400 kB pays 20 gas a byte: no limit of init code, no word price, no floor", () => {
    const payload = moduleOf(400_000);
    const data = toHex(encodeEnvelope(1, payload));
    const outcome = create(data, { gasLimit: 10_000_000n });
    assert.equal(
      outcome.status,
      "success",
      JSON.stringify(outcome, (_, v) => String(v)),
    );
    assert.equal(
      outcome.status === "success" && outcome.gasUsed,
      BigInt(BASE_GAS + 20 * (payload.length + 8)),
    );
  });

  test("an access list of a creation is charged", () => {
    const accessList = [{ address: account(1), slots: [keccak256(STORED)] }];
    const outcome = create(envelope(), { accessList });
    assert.equal(
      "gasUsed" in outcome && outcome.gasUsed,
      BigInt(BASE_GAS + 2_400 + 1_900 + 20 * (TRAMPOLINE.length + 8)),
    );
  });

  test("less than 53,000 gas is no valid creation, and less than the bytes cost halts", () => {
    assert.deepEqual(create(envelope(), { gasLimit: 52_999n }).status, "invalid");
    assert.deepEqual(create(envelope(), { gasLimit: 53_100n }), {
      status: "halt",
      gasUsed: 53_100n,
      reason: "OutOfGas",
    });
  });

  test("EVM init code keeps EIP-3860's limit and its calldata price", () => {
    const outcome = create(`0x${"5f".repeat(49_153)}`, { gasLimit: 10_000_000n });
    assert.deepEqual(outcome, { status: "invalid", reason: "create initcode size limit" });
    const small = create(deploying("0x00"));
    assert.equal("gasUsed" in small && small.gasUsed, 53_372n);
  });
});

describe("a deployment that fails", () => {
  beforeEach(setUp);

  test("EVM code that begins with EF is still refused (EIP-3541)", () => {
    assert.equal(create("0x60ef60005360016000f3").status, "halt");
    assert.equal(create("0x62efdc015f5260035ff3").status, "success");
    assert.equal(create("0x62efdc015f526003601df3").status, "halt");
  });

  test("what is wrong with an envelope is the revert reason", () => {
    assert.equal(
      reasonOf(create("0xefdc01")),
      "the envelope ends at byte 3; its header asks for 8",
    );
    assert.equal(
      reasonOf(create("0xefdc01070000000100")),
      "the envelope's kind is 7; known are 1 (WebAssembly), 2 (PHP) and 3 (container)",
    );
    assert.equal(
      reasonOf(create(toHex(encodeEnvelope(1, Uint8Array.of(1))))),
      "the payload is no module",
    );
    assert.equal(
      reasonOf(create(toHex(encodeEnvelope(2, Uint8Array.of(1))))),
      "this chain has no tier for code of kind 2",
    );
    assert.deepEqual(world.view.account(contractAddress(SENDER, 0n)), undefined);
  });

  test("a refused envelope pays for its bytes", () => {
    const outcome = create(`0xefdc0107${"00".repeat(996)}`);
    assert.equal(outcome.status === "revert" && outcome.gasUsed, BigInt(BASE_GAS + 20_000));
  });

  test("a constructor that reverts or traps leaves no contract, no value and no code in the diff", () => {
    for (const step of [["revert", "0xbeef"], ["trap"]] satisfies Step[]) {
      const { outcomes, diff } = world.block({ data: envelope(["store", 1, 1], step), value: 5n });
      assert.equal(outcomes[0]?.status, step[0] === "trap" ? "halt" : "revert");
      assert.deepEqual(diff.codes, []);
      assert.deepEqual(
        diff.accounts.map(({ address }) => address),
        [SENDER, account(0x99)],
      );
    }
  });
});

describe("deployed code in the block and its diff", () => {
  beforeEach(setUp);

  test("a later transaction of the same block calls what an earlier one deployed", () => {
    const created = contractAddress(SENDER, 0n);
    const { outcomes } = world.block(
      { data: envelope() },
      { to: created, data: script(["add", 1]) },
      { to: created, data: script(["add", 1]) },
    );
    assert.deepEqual(
      outcomes.map(({ status }) => status),
      ["success", "success", "success"],
    );
    assert.equal(world.slot(created, 1), 2);
  });

  test("the payload is in the diff again when the state has it already", () => {
    world.block({ data: envelope() });
    assert.equal(world.block({ data: envelope() }).diff.codes.length, 2);
    assert.equal(world.block({ to: contractAddress(SENDER, 0n) }).diff.codes.length, 0);
  });
});

describe("deploying from a contract", () => {
  beforeEach(setUp);

  for (const how of ["create", "create2"] as const) {
    test(`a factory in EVM code deploys an envelope with ${how} at Ethereum's address`, () => {
      world.putCode(FACTORY, factory(how));
      const initCode = envelope(["store", 1, 9]);
      const expected = how === "create" ? contractAddress(FACTORY, 1n) : create2Address(initCode);
      const outcome = world.send({ to: FACTORY, data: initCode });
      assert.equal(outcome.status, "success");
      assert.equal("output" in outcome && toHex(outcome.output).slice(26), expected.slice(2));
      assert.deepEqual(
        world.view.code(world.view.account(expected)?.codeHash ?? PAYLOAD_HASH),
        STORED,
      );
      assert.equal(world.slot(expected, 1), 9);
      assert.equal(world.send({ to: expected, data: script(["add", 1]) }).status, "success");
    });
  }

  test("a factory deploys an envelope over EIP-3860's limit, and no EVM init code over it", () => {
    const payload = moduleOf(50_000);
    const initCode = toHex(encodeEnvelope(1, payload));
    const big = world.send({ to: FACTORY, gasLimit: 10_000_000n, data: initCode });
    assert.equal(big.status, "success");
    assert.notEqual("output" in big && toHex(big.output), `0x${"00".repeat(32)}`);
    const evm = world.send({
      to: FACTORY,
      gasLimit: 10_000_000n,
      data: `0x${"5f".repeat(49_153)}`,
    });
    assert.equal(evm.status, "halt");
    const after = world.send({
      to: FACTORY,
      gasLimit: 10_000_000n,
      data: `0x${"5f".repeat(1_000)}`,
    });
    assert.equal(after.status, "success");
  });

  test("W creates EVM code and contracts of its own tier, and pays value into them", () => {
    const W = account(0x77);
    world.putContract(W, 10n);
    const outcome = world.send({
      to: W,
      data: script(
        ["create", deploying("0x5a"), 3],
        ["create", envelope(["store", 1, 4]), 2],
        ["create", envelope(["store", 1, 5]), 1, 42],
      ),
    });
    assert.equal(outcome.status, "success");
    const created = tier.seen[0]?.outcomes.map((nested) => nested.created) ?? [];
    assert.deepEqual(created.slice(0, 2), [contractAddress(W, 1n), contractAddress(W, 2n)]);
    assert.deepEqual(
      created.map((address) => address && world.view.account(address)?.balance),
      [3n, 2n, 1n],
    );
    assert.deepEqual(
      created.slice(1).map((address) => address && world.slot(address, 1)),
      [4, 5],
    );
  });

  test("a creation over an account with storage alone collides (EIP-7610)", () => {
    const created = contractAddress(SENDER, 0n);
    world.view.set(created, { balance: 1n });
    const account = { ...world.view.account(created), storageRoot: keccak256(STORED) };
    const { view } = world;
    world.reads = {
      account: (address) => (address === created ? (account as never) : view.account(address)),
      storage: (address, slot) => view.storage(address, slot),
      code: (hash) => view.code(hash),
      blockHash: () => undefined,
    };
    assert.deepEqual(create(envelope(), { gasLimit: 100_000n }), {
      status: "halt",
      gasUsed: 100_000n,
      reason: "CreateCollision",
    });
  });
});

/** A module with a custom section that fills it up to about `length` bytes. */
function moduleOf(length: number): Uint8Array {
  const size = length - TRAMPOLINE.length;
  // Section 0, its size in three bytes of LEB128, a name of no bytes.
  const leb = [(size & 0x7f) | 0x80, ((size >> 7) & 0x7f) | 0x80, size >> 14];
  return concatBytes(TRAMPOLINE, Uint8Array.of(0, ...leb), new Uint8Array(size));
}

function create2Address(initCode: Hex): ReturnType<typeof account> {
  const salt = `${"00".repeat(31)}2a`;
  const bytes = fromHex(`0xff${FACTORY.slice(2)}${salt}${keccak256(fromHex(initCode)).slice(2)}`);
  return `0x${keccak256(bytes).slice(26)}` as ReturnType<typeof account>;
}
