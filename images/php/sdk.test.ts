import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import { after, before, describe, test } from "node:test";
import {
  describeArithmetic,
  describeCourse,
  describeFork,
  describeSdk,
  PROBE,
} from "../probe/conformance.ts";
import { bodyOf, callFrame, frameOf, hex, vectorNamed } from "../probe/frames.ts";
import { hexOf } from "../probe/memoryHost.ts";
import { type PhpRoot, unpackPhp } from "../probe/phpRoot.ts";
import { ProgramUnderTest, type Transport } from "../probe/program.ts";
import { describeToken } from "../probe/token.ts";
import { describeConstructor, describeTypes } from "../probe/types.ts";

const CONTRACTS = [
  "../../apps/tour/contracts/php/Token.php",
  "../probe/Probe.php",
  "../probe/Types.php",
  "../probe/Untyped.php",
].map((path) => new URL(path, import.meta.url));

/** What Probe.php alone does: it calls itself. */
const RECURSE = "2f";
/** The line of Probe.php that throws. */
const THROWS_AT = 45;

describe("the PHP SDK in the PHP image", () => {
  let root: PhpRoot | undefined;

  before(async () => {
    root = await unpackPhp(CONTRACTS);
  });
  after(() => root && rm(root.folder, { recursive: true }));

  const start =
    (main: string, transport: Transport, isolation?: "process") => (): Promise<ProgramUnderTest> =>
      ProgramUnderTest.start(root?.command(main) ?? [], transport, isolation);

  describeSdk("PHP over a socket", start("Probe.php", "unix"));
  describeSdk("PHP over stdio", start("Probe.php", "stdio"));
  describeSdk("PHP with a process for each call", start("Probe.php", "unix", "process"));
  describeCourse("PHP over a socket", start("Probe.php", "unix"));
  describeFork("PHP over a socket", start("Probe.php", "unix"));
  describeCourse("PHP over stdio", start("Probe.php", "stdio"));
  describeFork("PHP over stdio", start("Probe.php", "stdio"));
  describeArithmetic("PHP", start("Probe.php", "unix"));
  describeToken("PHP", start("Token.php", "unix"));
  describeTypes("PHP", start("Types.php", "unix"));
  describeConstructor("PHP", start("Types.php", "unix"));

  for (const transport of ["unix", "stdio"] as const) {
    test(`what PHP prints and warns of becomes debug calls and never reaches the stream: ${transport}`, async () => {
      const program = await start("Probe.php", transport)();
      try {
        assert.equal(await program.next(), vectorNamed("hello at the start"));
        program.send(callFrame({ exchange: 1n, input: PROBE.pollute }));
        const debug: string[] = [];
        for (let count = 0; count < 2; count++) {
          const body = bodyOf(await program.next());
          assert.equal(body.slice(0, 2), "0b");
          debug.push(Buffer.from(body.slice(2), "hex").toString());
          program.send(frameOf(4, 1n, "00"));
        }
        assert.match(debug[0] ?? "", /^Undefined variable \$undefined in Probe\.php:\d+$/);
        assert.equal(debug[1], "printed and to the output");
        assert.equal(await program.next(), frameOf(5, 1n, "00"));
        assert.equal(await program.next(), frameOf(1, 1n, "0001"));
      } finally {
        await program.stop();
      }
    });
  }

  test("an exception that no one catches reverts with its message and place, and PHP's own end is a trap", async () => {
    const program = await start("Probe.php", "unix")();
    try {
      await program.next();
      program.send(callFrame({ exchange: 1n, input: PROBE.throw }));
      const text = `out of eggs (Probe.php:${THROWS_AT})`;
      const reason = hexOf(text).padEnd(64, "0");
      const error = `08c379a0${hex(32n, 32)}${hex(BigInt(text.length), 32)}${reason}`;
      assert.equal(await program.next(), frameOf(5, 1n, `01${error}`));
      await program.next();
      program.send(callFrame({ exchange: 2n, input: PROBE.exhaust }));
      assert.equal(await program.next(), vectorNamed("trap by exit"));
    } finally {
      await program.stop();
    }
  });

  test("a contract that calls itself without end fills its memory, which is a trap, and the next call is served", async () => {
    const program = await start("Probe.php", "unix")();
    try {
      await program.next();
      program.send(callFrame({ exchange: 2n, input: RECURSE }));
      assert.equal(await program.next(), vectorNamed("trap by exit"));
      program.send(callFrame({ exchange: 3n, input: PROBE.succeed }));
      assert.equal(await program.next(), frameOf(5, 3n, "00"));
    } finally {
      await program.stop();
    }
  });

  test("a contract whose method has a type that no ABI has ends before it says HELLO", async () => {
    const program = await start("Untyped.php", "stdio")();
    try {
      assert.equal(await program.next(), "end");
      assert.match(
        program.errors,
        /Untyped::ask, parameter \$what has the type "\?array"; the ABI has .*Untyped\.php:10\n/,
      );
    } finally {
      await program.stop();
    }
  });
});
