import assert from "node:assert/strict";
import { test } from "node:test";
import type { LineTable } from "../host/lineTable.ts";
import { INK_PER_GAS } from "../host/meter.ts";
import type { CallProfile } from "../host/profile.ts";
import { fromHex, type Hex } from "../types/bytes.ts";
import { keccak256 } from "../types/hash.ts";
import { forwarder } from "./testing/evmCode.ts";
import { account, BLOCK, type TransactionOverrides, World } from "./testing/world.ts";

const [A, B] = [account(0xaa), account(0xbb)];
// JUMPDEST; PUSH1 1; CALLDATASIZE; SSTORE; PUSH0 PUSH0 REVERT
const REVERTS: Hex = "0x5b600136555f5ffd";
// Five rounds: PUSH1 5, JUMPDEST, PUSH1 1, SWAP1, SUB, DUP1, PUSH1 2, JUMPI, STOP
const LOOP: Hex = "0x60055b600190038060025700";

function tableOf(code: Hex, lines: readonly (readonly [start: number, line: number])[]): LineTable {
  const bytes = fromHex(code);
  return {
    length: bytes.length,
    hash: keccak256(bytes),
    gaps: [],
    starts: lines.map(([start]) => start),
    lines: lines.map(([, line]) => line),
  };
}

function profile(
  world: World,
  overrides: TransactionOverrides,
  tables: readonly LineTable[],
): CallProfile & { readonly gasUsed: bigint } {
  const transaction = world.transaction({
    maxFeePerGas: 0n,
    maxPriorityFeePerGas: 0n,
    ...overrides,
  });
  const query = { transaction, unchecked: true, trace: false, profile: tables };
  const { outcome, profile: found } = world.executor.query(BLOCK, world.reads, query);
  assert.ok(found && outcome.status !== "invalid");
  return { ...found, gasUsed: outcome.gasUsed };
}

function inkOf({ codes }: CallProfile): number {
  return codes.flatMap(({ lines }) => lines).reduce((sum, { selfInk }) => sum + selfInk, 0);
}

test("a loop's line has as many hits as rounds, and lines' gas is all that was used", () => {
  const world = new World();
  world.putCode(B, LOOP);
  const table = tableOf(LOOP, [
    [0, 7],
    [2, 8],
    [11, 9],
  ]);
  const found = profile(world, { to: B }, [table]);
  const [{ lines } = { lines: [] }] = found.codes;
  const ink = (gas: number) => gas * INK_PER_GAS;
  // PUSH1 3; five rounds of JUMPDEST 1, PUSH1, SWAP1, SUB, DUP1, PUSH1 3 each, JUMPI 10; STOP nothing.
  assert.deepEqual(lines, [
    { line: 7, hits: 1, selfInk: ink(3), totalInk: ink(3) },
    { line: 8, hits: 5, selfInk: ink(5 * 26), totalInk: ink(5 * 26) },
    { line: 9, hits: 1, selfInk: 0, totalInk: 0 },
  ]);
  assert.equal(found.intrinsicGas, 21_000n);
  assert.equal(found.intrinsicGas + BigInt(inkOf(found) / INK_PER_GAS), found.gasUsed);
  assert.deepEqual(found.failure, []);
});

test("a nested frame counts once under its own code, and in the total of the line that called", () => {
  const world = new World();
  world.putCode(A, forwarder(B));
  world.putCode(B, LOOP);
  const code = forwarder(B);
  const found = profile(world, { to: A }, [tableOf(code, [[0, 1]]), tableOf(LOOP, [[0, 2]])]);
  const [outer, inner] = found.codes.toSorted((left) => (left.table === 0 ? -1 : 1));
  assert.deepEqual([outer?.table, inner?.table, inner?.address], [0, 1, B]);
  const [{ selfInk, totalInk } = { selfInk: 0, totalInk: 0 }] = outer?.lines ?? [];
  assert.equal(totalInk - selfInk, inner?.lines[0]?.totalInk);
  assert.equal(
    found.intrinsicGas + BigInt(inkOf(found) / INK_PER_GAS),
    found.gasUsed + found.refundedGas,
  );
});

test("a call that costs less than its calldata must is told what was added", () => {
  const world = new World();
  world.putCode(B, LOOP);
  const data: Hex = `0x${"01".repeat(100)}`;
  const found = profile(world, { to: B, data }, [tableOf(LOOP, [[0, 1]])]);
  assert.deepEqual(
    [found.gasUsed, found.intrinsicGas, found.refundedGas],
    // Ten gas a token, four tokens a byte (EIP-7623), against sixteen gas a byte.
    [21_000n + 4_000n, 21_000n + 1_600n, 0n],
  );
  const ran = BigInt(inkOf(found) / INK_PER_GAS);
  assert.equal(found.floorGas, found.gasUsed - found.intrinsicGas - ran);
});

test("a failure that is passed on begins where it began, and code that has no table has no line", () => {
  const world = new World();
  world.putCode(B, REVERTS);
  const found = profile(world, { to: B }, [
    tableOf(REVERTS, [
      [0, 3],
      [5, 4],
    ]),
  ]);
  assert.deepEqual(found.failure, [{ table: 0, address: B, line: 4 }]);
  assert.deepEqual(profile(world, { to: B }, []).failure, [
    { table: undefined, address: B, line: 0 },
  ]);
});

test("code whose values are filled in at deployment is known without them; other code is not", () => {
  const world = new World();
  // PUSH1 <value> POP STOP, as built with a zero.
  const built: Hex = "0x60005000";
  const table = { ...tableOf(built, [[0, 5]]), gaps: [[1, 1]] as const };
  world.putCode(B, "0x60775000");
  assert.equal(profile(world, { to: B }, [table]).codes[0]?.table, 0);
  world.putCode(A, "0x60775001");
  assert.equal(profile(world, { to: A }, [table]).codes[0]?.table, undefined);
});

test("a query that asks for no profile has none", () => {
  const world = new World();
  const transaction = world.transaction({ to: B, maxFeePerGas: 0n, maxPriorityFeePerGas: 0n });
  const query = { transaction, unchecked: true, trace: false };
  assert.equal(world.executor.query(BLOCK, world.reads, query).profile, undefined);
});
