import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { after, before, describe, test } from "node:test";
import { InvalidInput } from "@delchain/runtime";
import { describeArithmetic, describeCourse, describeSdk, PROBE } from "../probe/conformance.ts";
import { bodyOf, callFrame, frameOf, hex, vectorNamed } from "../probe/frames.ts";
import { hexOf } from "../probe/memoryHost.ts";
import { names } from "../probe/node/hostile.ts";
import { type NodeRoot, unpackNode } from "../probe/nodeRoot.ts";
import { ProgramUnderTest, type Transport } from "../probe/program.ts";
import { describeToken } from "../probe/token.ts";
import { describeConstructor, describeTypes } from "../probe/types.ts";
import { nodeImage } from "./image.ts";

const CONTRACTS = [
  "../../apps/tour/contracts/container-node/token.ts",
  "../probe/node/probe.ts",
  "../probe/node/types.ts",
  "../probe/node/hostile.ts",
  "../probe/node/importing.ts",
].map((path) => new URL(path, import.meta.url));
/** What only the probe in TypeScript does. */
const RECURSE = "2f";
const SWALLOW = "30";
const DEPTH = "31";
const TRAP_MEMORY = "0200000003";

type Start = (main: string, transport?: Transport) => () => Promise<ProgramUnderTest>;

describe("the TypeScript SDK in the Node image", () => {
  let root: NodeRoot | undefined;

  before(async () => {
    root = await unpackNode(CONTRACTS);
  });
  after(() => root && rm(root.folder, { recursive: true }));

  const start: Start =
    (main, transport = "unix") =>
    () =>
      ProgramUnderTest.start(root?.command(main) ?? [], transport, "warm");

  describeSdk("TypeScript over a socket", start("probe.ts"));
  describeSdk("TypeScript over stdio", start("probe.ts", "stdio"));
  describeCourse("TypeScript over a socket", start("probe.ts"));
  describeCourse("TypeScript over stdio", start("probe.ts", "stdio"));
  describeArithmetic("TypeScript", start("probe.ts"));
  describeToken("TypeScript", start("token.ts"));
  describeTypes("TypeScript", start("types.ts"));
  describeConstructor("TypeScript", start("types.ts"));
  describeEnds(start);
  describeRealm(start, () => root?.folder ?? "");
});

async function withProgram(
  start: () => Promise<ProgramUnderTest>,
  act: (program: ProgramUnderTest) => Promise<void>,
): Promise<void> {
  const program = await start();
  try {
    assert.equal(await program.next(), vectorNamed("hello at the start"));
    await act(program);
  } finally {
    await program.stop();
  }
}

/** How calls end that do not return. */
function describeEnds(start: Start): void {
  test("an error that nobody catches reverts with its message and line, a stack without an end too", () =>
    withProgram(start("probe.ts"), async (program) => {
      for (const [exchange, input, reason] of [
        [1n, PROBE.throw, `out of eggs (probe.ts:${lineOf("out of eggs")})`],
        [2n, RECURSE, `Maximum call stack size exceeded (probe.ts:${lineOf("return recurse")})`],
      ] as const) {
        program.send(callFrame({ exchange, input }));
        const error = `08c379a0${hex(32n, 32)}${hex(BigInt(reason.length), 32)}`;
        const data =
          error +
          hexOf(reason)
            .padEnd(128, "0")
            .slice(0, 64 * Math.ceil(reason.length / 32));
        assert.equal(await program.next(), frameOf(5, exchange, `01${data}`));
        assert.equal(await program.next(), frameOf(1, exchange, "0001"));
      }
    }));

  test("how deep a stack gets is the same in every call and every process", async () => {
    const depths: string[] = [];
    for (let i = 0; i < 3; i++) {
      await withProgram(start("probe.ts"), async (program) => {
        for (const exchange of [1n, 2n]) {
          program.send(callFrame({ exchange, input: DEPTH }));
          depths.push(bodyOf(await program.next()));
          await program.next();
        }
      });
    }
    assert.deepEqual(depths, Array(6).fill(depths[0]));
  });

  test("more memory than there is ends the call as a trap, and the next one runs", () =>
    withProgram(start("probe.ts"), async (program) => {
      program.send(callFrame({ exchange: 1n, input: PROBE.exhaust }));
      assert.equal(await program.next(), frameOf(6, 1n, TRAP_MEMORY));
      program.send(callFrame({ exchange: 2n, input: PROBE.count }));
      assert.equal(await program.next(), frameOf(5, 2n, `00${hex(1n, 32)}`));
    }));

  test("a contract cannot catch that its gas is used up", () =>
    withProgram(start("probe.ts"), async (program) => {
      program.send(callFrame({ exchange: 1n, input: SWALLOW }));
      await program.next();
      program.send(frameOf(4, 1n, "03"));
      assert.equal(await program.next(), frameOf(1, 1n, "0001"));
    }));

  for (const transport of ["unix", "stdio"] as const) {
    test(`what a contract prints becomes a debug call and never reaches the stream: ${transport}`, () =>
      withProgram(start("probe.ts", transport), async (program) => {
        program.send(callFrame({ exchange: 1n, input: PROBE.pollute }));
        const text = hexOf("printed 2\nand an error");
        assert.equal(await program.next(), frameOf(3, 1n, `0b${text}`));
        program.send(frameOf(4, 1n, "00"));
        assert.equal(await program.next(), frameOf(5, 1n, "00"));
      }));
  }
}

/** In the probe's source: types are stripped, and lines stay. */
function lineOf(text: string): number {
  const source = readFileSync(new URL("../probe/node/probe.ts", import.meta.url), "utf8");
  return source.split("\n").findIndex((line) => line.includes(text)) + 1;
}

/** What a contract finds around it. */
function describeRealm(start: Start, root: () => string): void {
  test("what answers differently on every host is refused with what to do instead", () =>
    withProgram(start("hostile.ts"), async (program) => {
      for (const [index, name] of names.entries()) {
        const exchange = BigInt(index + 1);
        program.send(callFrame({ exchange, input: hexOf(name) }));
        const result = Buffer.from(bodyOf(await program.next()), "hex").toString();
        assert.match(result, /is not there for a contract: \w+|is not defined|undefined/, name);
        await program.next();
      }
    }));

  test("a contract that imports what is Node's ends before it says HELLO", async () => {
    const program = await start("importing.ts", "stdio")();
    try {
      assert.equal(await program.next(), "end");
      assert.match(
        program.errors,
        /importing\.ts: node:fs is not there for a contract: what lasts is in storage/,
      );
    } finally {
      await program.stop();
    }
  });

  for (const module of ["../main.js", "data:text/javascript,export const a = 1"]) {
    test(`a contract imports nothing but its own files and the SDK: ${module}`, async () => {
      const folder = root();
      const path = `${folder}/app/contract/outside.js`;
      await writeFile(path, `import "${module}";\n`);
      const program = await start("outside.js", "stdio")();
      try {
        assert.equal(await program.next(), "end");
        assert.match(program.errors, /outside\.js: .+ is not there for a contract: it imports/);
      } finally {
        await program.stop();
      }
    });
  }

  test("TypeScript that is more than types is refused with its file when the image is made", async () => {
    const sources = { "bad.ts": "enum Colour { Red }\n" };
    await assert.rejects(
      nodeImage([], { main: "bad.ts", sources }),
      (error) => error instanceof InvalidInput && /^bad\.ts: .*enum/s.test(error.message),
    );
  });
}
