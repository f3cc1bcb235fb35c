import assert from "node:assert/strict";
import { test } from "node:test";
import { InvalidInput } from "../../types/errors.ts";
import { boundModule, MODULE_BYTES_MAX } from "./wasiModule.ts";

const PAGE = 65_536;
const HEADER = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];

type Section = readonly [id: number, body: readonly number[]];
const name = (text: string): number[] => [text.length, ...Buffer.from(text)];
const module = (...sections: readonly Section[]): Uint8Array =>
  Uint8Array.from([...HEADER, ...sections.flatMap(([id, body]) => [id, body.length, ...body])]);

const TYPES: Section = [1, [1, 0x60, 0, 0]];
const imported = (from: string, what: string, kind = 0): Section => [
  2,
  [1, ...name(from), ...name(what), kind, 0],
];
const memory = (...limits: readonly number[]): Section => [5, [1, ...limits]];

function refusal(bytes: Uint8Array, memoryBytes = 16 * PAGE): string {
  try {
    boundModule(bytes, memoryBytes);
  } catch (error) {
    assert.ok(error instanceof InvalidInput, String(error));
    return error.message;
  }
  return assert.fail("it was taken");
}

test("a memory gets the manifest's maximum, whatever the module says, and keeps a lower one", () => {
  const bounded = (...limits: readonly number[]): Uint8Array =>
    boundModule(module(memory(...limits)), 16 * PAGE);
  assert.deepEqual(bounded(0, 2), Buffer.from(module(memory(1, 2, 16))));
  assert.deepEqual(bounded(1, 2, 100), Buffer.from(module(memory(1, 2, 16))));
  assert.deepEqual(bounded(1, 2, 9), Buffer.from(module(memory(1, 2, 9))));
  assert.deepEqual(bounded(0, 16), Buffer.from(module(memory(1, 16, 16))));
  assert.ok(WebAssembly.validate(new Uint8Array(bounded(0, 2))));
});

test("a bounded memory grows to its maximum and not a page further", () => {
  const grown: Section = [7, [1, ...name("memory"), 2, 0]];
  const bytes = new Uint8Array(boundModule(module(memory(0, 1), grown), 300 * PAGE));
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes));
  const { memory: grows } = exports as { memory: WebAssembly.Memory };
  grows.grow(299);
  assert.throws(() => grows.grow(1), RangeError);
});

test("imports are WASI's streams, arguments and exit, and nothing else", () => {
  const taken = module(TYPES, imported("wasi_snapshot_preview1", "fd_write"));
  assert.deepEqual(boundModule(taken, PAGE), Buffer.from(taken));
  const refused: readonly (readonly [Section, string])[] = [
    [imported("wasi_snapshot_preview1", "path_open"), "wasi_snapshot_preview1.path_open"],
    [imported("wasi_snapshot_preview1", "clock_time_get"), "clock_time_get"],
    [imported("wasi_snapshot_preview1", "random_get"), "random_get"],
    [imported("wasix_32v1", "proc_fork"), "wasix_32v1.proc_fork"],
    [imported("wasi_snapshot_preview1", "fd_write", 2), "fd_write"],
  ];
  for (const [section, named] of refused) {
    assert.match(
      refusal(module(TYPES, section)),
      new RegExp(`import .*${named}: .*seed are in its CALL`),
    );
  }
});

test("what would escape the memory limit is refused by name", () => {
  assert.match(refusal(module([1, [1, 0x5f, 0]])), /type form 95: only function types/);
  assert.match(refusal(module([13, [0]])), /section 13: exceptions/);
  assert.match(refusal(module([5, [2, 0, 1, 0, 1]])), /2 memories: a module has one/);
  assert.match(refusal(module(memory(3, 1, 2))), /memory: shared and 64-bit/);
  assert.match(
    refusal(module(memory(0, 17))),
    /17 pages: the manifest's memoryBytes hold 16 pages/,
  );
  assert.match(refusal(module([4, [2, 0x70, 0, 1, 0x70, 0, 1]])), /2 tables/);
  assert.match(
    refusal(module([4, [1, 0x70, 0, 0xc1, 0x84, 0x3d]])),
    /a table of 1000001 entries: the limit is 1000000/,
  );
  assert.match(
    refusal(module([4, [1, 0x70, 1, 0, 0xc1, 0x84, 0x3d]])),
    /a table of 1000001 entries/,
  );
  assert.match(refusal(module([4, [1, 0x64, 0, 1]])), /table of type 100/);
});

test("a module cut anywhere, or too long, is refused and never read past its end", () => {
  const whole = module(TYPES, imported("wasi_snapshot_preview1", "fd_write"), memory(0, 1));
  const sections = [8, 14, 14 + 2 + 35];
  for (let length = 8; length < whole.length; length++) {
    const cut = whole.subarray(0, length);
    if (sections.includes(length)) boundModule(cut, PAGE);
    else assert.match(refusal(cut), /ends in the middle/, `${length} bytes`);
  }
  assert.match(refusal(module([5, [1, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01]])), /five bytes/);
  assert.match(
    refusal(new Uint8Array(MODULE_BYTES_MAX + 1)),
    /16777217 bytes: a module has at most/,
  );
});
