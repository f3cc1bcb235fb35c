import assert from "node:assert/strict";
import { test } from "node:test";
import type { SlotChange } from "../state/diff.ts";
import { MemoryView } from "../state/memoryView.ts";
import { EMPTY_BYTES, fromHex, toHex } from "../types/bytes.ts";
import { EMPTY_CODE_HASH, type Hash, keccak256, ZERO_HASH } from "../types/hash.ts";
import type { BatchCall } from "./batch.ts";
import type { Words } from "./byteStorage.ts";
import { storeConstructor } from "./constructorCall.ts";
import type { CallFrame } from "./frames.ts";
import { LOGS_MAX } from "./limits.ts";
import type { CallOutcome } from "./runningCall.ts";
import { bytes, CONTRACT, call, OTHER, type Program, run, SUCCESS, slot } from "./testBatch.ts";

// From `cast sig "delchain_constructor()"`.
const SELECTOR = fromHex("0x8fd5c432");
const DEPLOYER = `0x${"de".repeat(20)}` as typeof OTHER;
const ARGUMENTS = new Uint8Array(32).fill(9);

/** A contract whose creation left it to be constructed. */
function unconstructed(): MemoryView {
  const slots = new Map<Hash, Hash>();
  const words: Words = {
    load: (at) => slots.get(at) ?? ZERO_HASH,
    store: (at, value) => void slots.set(at, value),
  };
  storeConstructor(words, { deployer: DEPLOYER, value: 3n, arguments: ARGUMENTS });
  return viewOf([...slots].map(([at, value]) => ({ slot: at, value })));
}

function viewOf(slots: readonly SlotChange[]): MemoryView {
  const view = new MemoryView();
  const account = { exists: true, nonce: 1n, balance: 3n, codeHash: EMPTY_CODE_HASH, wiped: false };
  view.apply({ accounts: [{ address: CONTRACT, ...account, slots }], codes: [] });
  return view;
}

/** Writes down how it is called, and says `outcome`. */
function noting(seen: unknown[], outcome: CallOutcome = SUCCESS): Program {
  return (ask, { caller, origin, value, input, seed }: CallFrame) => {
    seen.push([caller, origin, value, toHex(input), seed]);
    const isConstructor = toHex(input).startsWith("0x8fd5c432");
    ask({ operation: "storagePut", slot: slot(1), value: slot(isConstructor ? 1 : 2) });
    return outcome;
  };
}

const CONSTRUCTED = [
  DEPLOYER,
  OTHER,
  3n,
  `0x8fd5c432${"09".repeat(32)}`,
  keccak256(fromHex(slot(5))),
];
const CALLED = [OTHER, OTHER, 1n, toHex(bytes("in")), slot(5)];
const first = call({ value: 1n, input: bytes("in") });

test("the constructor runs before the first call, in its deployer's name, and never again", async () => {
  const seen: unknown[] = [];
  const program = noting(seen);
  const view = unconstructed();
  const { results, slots } = await run([program, program, program], [first, first], view);
  assert.deepEqual(seen, [CONSTRUCTED, CALLED, CALLED]);
  assert.deepEqual(
    results.map(({ status }) => status),
    ["success", "success"],
  );
  // What it was to be called with is gone: a head of 84 bytes, three words; and the call's own slot is there.
  assert.deepEqual(
    slots.map(({ value }) => value).sort(),
    [ZERO_HASH, ZERO_HASH, ZERO_HASH, ZERO_HASH, slot(2)].sort(),
  );
  const after = viewOf(slots);
  await run([program], [first], after);
  assert.deepEqual(seen.slice(3), [CALLED]);
});

test("a call of the bare selector constructs and does nothing else", async () => {
  const seen: unknown[] = [];
  const { results } = await run([noting(seen)], [call({ input: SELECTOR })], unconstructed());
  assert.deepEqual(seen, [CONSTRUCTED]);
  // Two classes, the two words of input, the host call and its store.
  const gasUsed = 2n * 50_000n + 2n * 2_100n + 1_000n + 22_100n;
  assert.deepEqual(results, [
    { status: "success", output: EMPTY_BYTES, logs: [], messages: [], gasUsed },
  ]);
});

test("a constructor that does not succeed lets no call in, and is tried again by the next", async () => {
  const seen: unknown[] = [];
  const no: CallOutcome = { status: "revert", output: bytes("no") };
  const view = unconstructed();
  const programs = [noting(seen, no), noting(seen, { status: "halt", code: "exit", detail: "" })];
  const { results, slots } = await run(
    [...programs, noting(seen), noting(seen, no)],
    [first, first, first],
    view,
  );
  assert.deepEqual(seen, [CONSTRUCTED, CONSTRUCTED, CONSTRUCTED, CALLED]);
  assert.deepEqual(
    results.map(({ status, output, haltCode }) => [status, output, haltCode]),
    [
      ["revert", bytes("no"), undefined],
      ["halt", EMPTY_BYTES, "exit"],
      // The call behind it reverted, and took the constructor along.
      ["revert", bytes("no"), undefined],
    ],
  );
  assert.deepEqual(slots, []);
});

test("nobody else speaks in the constructor's name", async () => {
  const never: Program = () => assert.fail("it ran");
  const input = Uint8Array.from([...SELECTOR, ...ARGUMENTS]);
  const forged: readonly Partial<BatchCall>[] = [{ input }, { input: SELECTOR, value: 1n }];
  for (const changes of forged) {
    const { results } = await run([never], [call(changes)], unconstructed());
    assert.deepEqual(results, [
      { status: "revert", output: EMPTY_BYTES, logs: [], messages: [], gasUsed: 50_000n },
    ]);
  }
  const { results } = await run([never], [call({ input: SELECTOR })]);
  assert.deepEqual(results[0]?.status, "revert");
});

test("a call that cannot pay for the constructor before it is out of gas", async () => {
  const never: Program = () => assert.fail("it ran");
  const gasLimit = 2n * 50_000n + 2n * 2_100n - 1n;
  const { results } = await run([never], [call({ gasLimit })], unconstructed());
  assert.deepEqual(results, [
    {
      status: "halt",
      output: EMPTY_BYTES,
      logs: [],
      messages: [],
      gasUsed: gasLimit,
      haltCode: "outOfGas",
    },
  ]);
});

test("constructor and call have one call's limits together", async () => {
  const emit: Program = (ask) => {
    const statuses = Array.from(
      { length: LOGS_MAX / 2 + 1 },
      () => ask({ operation: "log", topics: [], data: EMPTY_BYTES }).status,
    );
    return { status: "success", output: bytes(statuses.at(-1) ?? "") };
  };
  const { results } = await run([emit, emit], [call({ gasLimit: 1n << 30n })], unconstructed());
  assert.deepEqual([results[0]?.logs.length, results[0]?.output], [LOGS_MAX, bytes("refused")]);
});

test("a slot that a contract filled with something else constructs nothing", async () => {
  const at = keccak256(bytes("delchain.constructor"));
  const view = viewOf([{ slot: at, value: slot(8) }]);
  const seen: unknown[] = [];
  await run([noting(seen)], [first], view);
  assert.deepEqual(seen, [CALLED]);
});
