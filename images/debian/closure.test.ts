import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { InvalidInput } from "@delchain/runtime";
import { programClosure } from "./closure.ts";
import { readElf } from "./elf.ts";
import { fileAt } from "./unpack.ts";

const TOKEN = new URL("../../apps/tour/contracts/container-c/token", import.meta.url);

/** The smallest file with an interpreter and two libraries: System V ABI, chapters 4 and 5. */
function dynamicProgram(interpreter: string, libraries: readonly string[]): Uint8Array {
  const file = Buffer.alloc(1024);
  file.write("\x7fELF\x02\x01\x01", "latin1");
  file.writeBigUInt64LE(64n, 32);
  file.writeUInt16LE(56, 54);
  file.writeUInt16LE(3, 56);
  const base = 0x40_0000;
  const [dynamicAt, textAt] = [256, 512];
  const texts = ["", interpreter, ...libraries];
  const starts = texts.map((_, at) =>
    texts.slice(0, at).reduce((sum, text) => sum + text.length + 1, 0),
  );
  file.write(`${texts.join("\0")}\0`, textAt, "latin1");
  const segment = (index: number, type: number, offset: number, size: number): void => {
    const at = 64 + 56 * index;
    file.writeUInt32LE(type, at);
    for (const [where, value] of [
      [8, offset],
      [16, base + offset],
      [32, size],
    ] as const) {
      file.writeBigUInt64LE(BigInt(value), at + where);
    }
  };
  segment(0, 1, 0, file.length);
  segment(1, 3, textAt + (starts[1] ?? 0), interpreter.length + 1);
  segment(2, 2, dynamicAt, 16 * (libraries.length + 2));
  const entries = [...starts.slice(2).map((start) => [1, start]), [5, base + textAt], [0, 0]];
  for (const [index, entry] of entries.entries()) {
    file.writeBigUInt64LE(BigInt(entry[0] ?? 0), dynamicAt + 16 * index);
    file.writeBigUInt64LE(BigInt(entry[1] ?? 0), dynamicAt + 16 * index + 8);
  }
  return file;
}

const LOADER = "/lib64/ld.so.2";
const program = dynamicProgram(LOADER, ["liba.so.1", "libb.so.2"]);
const library = dynamicProgram(LOADER, ["libb.so.2"]);

test("an ELF file names its loader and its libraries, a static one none", async () => {
  assert.deepEqual(readElf("program", program), {
    interpreter: LOADER,
    libraries: ["liba.so.1", "libb.so.2"],
  });
  const token = await readFile(TOKEN);
  assert.deepEqual(readElf("token", token), { interpreter: undefined, libraries: [] });
  assert.throws(() => readElf("script", Buffer.from("#!/bin/sh\n".repeat(10))), InvalidInput);
  assert.throws(() => readElf("short", program.subarray(0, 63)), InvalidInput);
});

test("a program's closure is the program, its loader, its libraries and theirs, links followed", async () => {
  const token = await readFile(TOKEN);
  const unpacked = {
    files: new Map([
      ["usr/bin/tool", program],
      ["lib/x86_64-linux-gnu/liba-1.2.so", library],
      ["usr/lib/x86_64-linux-gnu/libb.so.2", token],
      ["lib/x86_64-linux-gnu/ld.so", token],
      ["usr/share/doc", token],
    ]),
    links: new Map([
      ["lib/x86_64-linux-gnu/liba.so.1", "/lib/x86_64-linux-gnu/liba-1.2.so"],
      ["lib64/ld.so.2", "/lib/x86_64-linux-gnu/ld.so"],
    ]),
  };
  const entries = programClosure(unpacked, [{ from: "usr/bin/tool", to: "usr/bin/run" }]);
  assert.deepEqual(entries.map(({ path }) => path).sort(), [
    "lib/x86_64-linux-gnu/liba.so.1",
    "lib/x86_64-linux-gnu/libb.so.2",
    "lib64/ld.so.2",
    "usr/bin/run",
  ]);
  unpacked.files.delete("usr/lib/x86_64-linux-gnu/libb.so.2");
  assert.throws(
    () => programClosure(unpacked, [{ from: "usr/bin/tool", to: "usr/bin/run" }]),
    /no package of the list has libb\.so\.2, which .* needs; add its package/,
  );
});

test("links that lead in a circle lead nowhere", () => {
  const links = new Map([
    ["a", "/b"],
    ["b", "/a"],
  ]);
  assert.equal(fileAt({ files: new Map(), links }, "a"), undefined);
});
