import assert from "node:assert/strict";
import { test } from "node:test";
import { EMPTY_BYTES } from "../types/bytes.ts";
import { keccak256 } from "../types/hash.ts";
import { keySlot } from "./byteStorage.ts";
import type { HostCall } from "./hostCall.ts";
import {
  BOUND_BYTES_MAX,
  KEY_BYTES_MAX,
  RANGE_BYTES_MAX,
  RANGE_ENTRIES_MAX,
  VALUE_BYTES_MAX,
} from "./limits.ts";
import { bytes, call, type Program, run, SUCCESS, slot } from "./testBatch.ts";

/** Puts, deletes and reads as one call; what `range` answered with, decoded. */
function ranges(acts: readonly HostCall[], seen: unknown[]): Program {
  return (ask) => {
    for (const act of acts) {
      const { status, data } = ask(act);
      if (act.operation === "range") seen.push(status === "ok" ? entriesOf(data) : status);
    }
    return SUCCESS;
  };
}

function entriesOf(data: Uint8Array): string[] {
  const entries: string[] = [];
  const view = new DataView(data.buffer, data.byteOffset, data.length);
  for (let at = 0; at < data.length; ) {
    const key = at + 6;
    const value = key + view.getUint16(at);
    const next = value + view.getUint32(at + 2);
    const [name, held] = [data.subarray(key, value), data.subarray(value, next)];
    entries.push(
      held.length > 80 ? `${held.length} bytes` : `${Buffer.from(name)}=${Buffer.from(held)}`,
    );
    at = next;
  }
  return entries;
}

const put = (key: string, value: string): HostCall => ({
  operation: "put",
  key: bytes(key),
  value: bytes(value),
});
const range = (from: string, end: string, atMost = 10): HostCall => ({
  operation: "range",
  atMost,
  from: bytes(from),
  end: bytes(end),
});

test("a range has the keys from the first to before the last, in order, and sees no call that failed", async () => {
  const seen: unknown[] = [];
  const look = ranges([range("user/", "user0")], seen);
  const failing: Program = (ask, frame) => {
    ranges([put("user/x", "9"), { operation: "delete", key: bytes("user/b") }], seen)(ask, frame);
    look(ask, frame);
    return { status: "revert", output: EMPTY_BYTES };
  };
  await run([
    ranges([put("user/b", "2"), put("zoo", "3"), put("user/a", "1"), put("user/", "0")], seen),
    ranges(
      [range("", "", 2), range("user/a", ""), range("user/", "user/b"), range("zoo\0", "")],
      seen,
    ),
    failing,
    look,
    ranges([put("user/a", ""), range("", "")], seen),
  ]);
  assert.deepEqual(seen, [
    ["user/=0", "user/a=1"],
    ["user/a=1", "user/b=2", "zoo=3"],
    ["user/=0", "user/a=1"],
    "absent",
    ["user/=0", "user/a=1", "user/x=9"],
    ["user/=0", "user/a=1", "user/b=2"],
    ["user/=0", "user/b=2", "zoo=3"],
  ]);
});

test("a range answers with as many entries as fit its bytes, and always with one", async () => {
  const seen: unknown[] = [];
  const longest = new Uint8Array(KEY_BYTES_MAX).fill(0x61);
  const put = (key: Uint8Array, length: number): HostCall => ({
    operation: "put",
    key,
    value: new Uint8Array(length).fill(1),
  });
  await run(
    [
      ranges(
        [
          put(longest, VALUE_BYTES_MAX),
          put(bytes("b"), 40_000),
          put(bytes("c"), RANGE_BYTES_MAX - 40_000 - 2 * 7),
          put(bytes("d"), 1),
          range("", ""),
          range("b", ""),
          range("c", "", 2),
        ],
        seen,
      ),
    ],
    [call({ gasLimit: 1n << 30n })],
  );
  assert.deepEqual(seen, [
    ["65536 bytes"],
    ["40000 bytes", "26552 bytes"],
    ["26552 bytes", "d=\u0001"],
  ]);
});

test("a range costs the slots that it looks at, and ends the call where its gas ends", async () => {
  const seen: unknown[] = [];
  const fill = ranges([put("a", "1"), put("b", "2")], seen);
  // The way to where "" would be: the root, one node, one key. Then the node, and of each entry its key, that key's
  // hash, and its value.
  const needed = 50_000n + 1_000n + 3n * 2_100n + 2_100n + 2n * (2_100n + 36n + 2_100n);
  const look = ranges([range("", "")], seen);
  const { results } = await run(
    [fill, look, look],
    [call(), call({ gasLimit: 1_000_000n }), call({ gasLimit: needed - 1n })],
  );
  assert.deepEqual([results[1]?.gasUsed, seen], [needed, [["a=1", "b=2"], "stop"]]);
});

test("a range whose bounds or number pass a limit, or whose slots hold something else, is refused", async () => {
  const refused: string[] = [];
  const long = new Uint8Array(BOUND_BYTES_MAX + 1);
  const calls: readonly HostCall[] = [
    range("", "", 0),
    range("", "", RANGE_ENTRIES_MAX + 1),
    { ...range("", ""), from: long } as HostCall,
    { ...range("", ""), end: long } as HostCall,
    put("a", "1"),
    { operation: "storagePut", slot: keySlot(bytes("a")), value: slot(1) },
    range("", ""),
    { operation: "storagePut", slot: keccak256(bytes("delchain.index")), value: slot(8) },
    range("", ""),
    put("b", "1"),
  ];
  await run([
    (ask) => {
      for (const each of calls) {
        const { status, data } = ask(each);
        if (status === "refused") refused.push(`${Buffer.from(data)}`);
      }
      return SUCCESS;
    },
  ]);
  assert.deepEqual(refused, [
    "a range of 0 entries is outside of 1 to 1024",
    "a range of 1025 entries is outside of 1 to 1024",
    "a bound of 1026 bytes is over the limit of 1025",
    "a bound of 1026 bytes is over the limit of 1025",
    "the slot of this key holds no byte string",
    "the contract has overwritten slots of the order of its keys",
    "the contract has overwritten slots of the order of its keys",
  ]);
});
