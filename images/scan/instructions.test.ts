import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { checkLayers } from "../admission/imageFiles.ts";
import { saveImage } from "../store/store.ts";
import type { ImageEntry } from "../writer/entries.ts";
import { writeImage } from "../writer/image.ts";
import { scanInstructions, scanProgram } from "./instructions.ts";

const SOURCE = `
#define ONE(name, text) __attribute__((noinline)) void name(void) { __asm__ volatile(text ::: "eax", "ebx", "ecx", "edx", "r9", "memory"); }
ONE(clock_plain, "rdtsc")
ONE(clock_and_processor, "rdtscp")
ONE(random_number, "rdrand %%eax")
ONE(random_wide, "rdrand %%r9")
ONE(random_seed, "rdseed %%eax")
ONE(processor_number, ".byte 0xf3, 0x0f, 0xc7, 0xf8")
ONE(counters, "rdpmc")
ONE(counters_of_amd, ".byte 0x0f, 0x01, 0xfd")
ONE(processor_kind, "cpuid")
ONE(registers_kept, ".byte 0x0f, 0x01, 0xd0")
/* What only looks like one: a constant, a jump, a displacement, a table in the code. */
unsigned long constant(void) { unsigned long a; __asm__ volatile("movabsq $0x310fa20f310f, %0" : "=r"(a)); return a; }
void compare(void) { __asm__ volatile("cmpl $0xa20f, %%eax" ::: "cc"); }
void exchange(long *at) { __asm__ volatile("cmpxchg8b (%0)" :: "r"(at) : "rax", "rbx", "rcx", "rdx", "memory"); }
__asm__(".text\\n.balign 16\\ntable: .byte 0x48, 0x0f, 0x31, 0x90\\n");
void _start(void) {
  clock_plain(); clock_and_processor(); random_number(); random_wide(); random_seed(); processor_number();
  counters(); counters_of_amd(); processor_kind(); registers_kept(); compare();
  long a = constant(); exchange(&a);
}
void _dl_relocate_static_pie(void) { processor_kind(); __asm__ volatile("cpuid" ::: "eax", "ebx", "ecx", "edx"); }
`;

const EXPECTED = [
  ["rdtsc", "clock_plain"],
  ["rdtscp", "clock_and_processor"],
  ["rdrand", "random_number"],
  ["rdrand", "random_wide"],
  ["rdseed", "random_seed"],
  ["rdpid", "processor_number"],
  ["rdpmc", "counters"],
  ["rdpru", "counters_of_amd"],
  ["cpuid", "processor_kind"],
  ["xgetbv", "registers_kept"],
] as const;

let folder: string;
let program: Buffer;
let stripped: Buffer;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "delchain-scan-"));
  const [source, whole, bare] = ["scan.c", "scan", "bare"].map((name) => join(folder, name));
  await writeFile(source ?? "", SOURCE);
  const flags = ["-O1", "-nostdlib", "-static", "-o"];
  execFileSync("gcc", [...flags, whole ?? "", source ?? ""]);
  execFileSync("gcc", ["-s", ...flags, bare ?? "", source ?? ""]);
  [program, stripped] = await Promise.all([readFile(whole ?? ""), readFile(bare ?? "")]);
});
after(() => rm(folder, { recursive: true }));

test("each instruction is found with its function, and what only looks like one is not", async () => {
  const found = (await scanProgram("bin/program", program)).filter(({ isCertain }) => isCertain);
  assert.deepEqual(
    found.map(({ instruction, symbol }) => [instruction, symbol]),
    [...EXPECTED, ["cpuid", "_dl_relocate_static_pie"]],
  );
  const { address, ...first } = found[0] ?? assert.fail();
  assert.match(address, /^0x40[0-9a-f]{4}$/);
  assert.deepEqual(first, {
    file: "bin/program",
    instruction: "rdtsc",
    section: ".text",
    symbol: "clock_plain",
    isCertain: true,
    isStartup: false,
  });
  assert.deepEqual(found.map(({ isStartup }) => isStartup).lastIndexOf(true), EXPECTED.length);
});

test("a table in the code is told apart from functions", async () => {
  const doubtful = (await scanProgram("bin/program", program)).filter(
    ({ isCertain }) => !isCertain,
  );
  assert.deepEqual(
    doubtful.map(({ instruction, symbol, section }) => [instruction, symbol, section]),
    [["rdtsc", undefined, ".text"]],
  );
});

test("without symbols functions are known by what is kept for exceptions", async () => {
  const found = await scanProgram("bin/program", stripped);
  assert.deepEqual(
    found
      .filter(({ isCertain }) => isCertain)
      .map(({ instruction, symbol }) => [instruction, symbol]),
    [...EXPECTED, ["cpuid"]].map(([instruction]) => [instruction, undefined]),
  );
});

test("a program without sections is read by what the kernel loads", async () => {
  const bare = Buffer.from(stripped);
  bare.writeBigUInt64LE(0n, 40);
  bare.writeUInt16LE(0, 60);
  const names = (await scanProgram("bin/program", bare)).map(({ instruction }) => instruction);
  for (const [name] of EXPECTED) assert.ok(names.includes(name), name);
});

test("libc and its loader may ask for the processor as they start, and for no random number", async () => {
  const found = await scanProgram("lib/x86_64-linux-gnu/libc.so.6", program);
  const startup = found.filter(({ isStartup }) => isStartup).map(({ instruction }) => instruction);
  assert.deepEqual([...new Set(startup)].sort(), ["cpuid", "rdtsc", "xgetbv"]);
});

test("an image's programs are looked through, damaged ones are named, and other files left alone", async () => {
  const file = (path: string, data: Uint8Array): ImageEntry => ({
    kind: "file",
    path,
    mode: 0o755,
    data,
  });
  const cut = Buffer.from(program);
  cut.writeBigUInt64LE(0xffff_ffffn, 40);
  const overlapping = Buffer.from(program);
  const sections = Number(program.readBigUInt64LE(40));
  overlapping.writeBigUInt64LE(BigInt(program.length), sections + 64 + 32);
  const twice = Buffer.from(program);
  twice.writeBigUInt64LE(0n, 40);
  for (const segment of [0, 1].map((index) => Number(program.readBigUInt64LE(32)) + index * 56)) {
    // To be loaded and executed.
    twice.writeUInt32LE(1, segment);
    twice.writeUInt32LE(1, segment + 4);
    twice.writeBigUInt64LE(0n, segment + 8);
    twice.writeBigUInt64LE(BigInt(program.length), segment + 32);
  }
  const many = Buffer.from(program);
  many.writeUInt16LE(257, 60);
  const other = Buffer.from(program);
  other.writeUInt16LE(183, 18);
  const image = await writeImage({
    platform: "linux/amd64",
    layers: [
      [
        file("bin/hidden", program),
        file("bin/cut", cut),
        file("bin/many", many),
        file("bin/twice", twice),
      ],
      [file("bin/hidden", Buffer.from("text")), file("bin/program", stripped)],
      [
        file("bin/overlapping", overlapping),
        file("bin/arm", other),
        file("short", program.subarray(0, 10)),
      ],
    ],
    config: { entrypoint: ["/bin/program"] },
  });
  await saveImage(folder, image);
  const files = await checkLayers(
    folder,
    image.layers.map(({ hash }) => hash),
  );
  const { found, unread, programs } = await scanInstructions(files);
  assert.deepEqual([...new Set(found.map((one) => one.file))], ["bin/program"]);
  assert.deepEqual(
    unread.map(({ file: name, why }) => `${name}: ${why.split(". ")[0]}`),
    [
      'bin/cut: The value of "offset" is out of range',
      "bin/many: it has 257 sections, over 256",
      "bin/twice: its executable segments overlap",
      "bin/overlapping: its sections overlap",
    ],
  );
  assert.equal(programs, 5);
});
