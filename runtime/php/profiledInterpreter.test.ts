import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { INK_PER_GAS } from "../host/meter.ts";
import type { CallProfile } from "../host/profile.ts";
import { Profiler } from "../host/profiler.ts";
import { Unavailable } from "../types/errors.ts";
import { keccak256 } from "../types/hash.ts";
import { account } from "../wasm/testing/mapHost.ts";
import { bootEngine, profiledModule } from "./engine.ts";
import { phpFunctions } from "./phpLines.ts";
import { POSITIONS_PER_LINE, ProfiledInterpreter } from "./profiledInterpreter.ts";
import { contractSource, currentPins, PhpChain, readable } from "./testing/phpChain.ts";

const GAS = 10_000_000;
const AT = account(0x50);
/** Where the body of `contractSource` begins. */
const BODY_LINE = 5;

const php = new PhpChain();
const engine = bootEngine(currentPins());

type Profiled = CallProfile & {
  readonly text: string;
  readonly gasUsed: number;
  /** By line of the source: hits, and gas. */
  readonly lines: ReadonlyMap<number, readonly [hits: number, gas: number]>;
};

function profile(source: string, gas = GAS): Profiled {
  const bytes = new TextEncoder().encode(source);
  const lines = phpFunctions(bytes, engine).flatMap((one) => one.lines);
  const sorted = [...new Set(lines)].sort((left, right) => left - right);
  const starts = sorted.map((line) => line * POSITIONS_PER_LINE);
  const table = { length: bytes.length, hash: keccak256(bytes), gaps: [], starts, lines: sorted };
  const profiler = new Profiler([table]);
  php.putSource(source, AT);
  profiler.open(AT, gas);
  const { result, gasUsed } = php.chain.send(AT, new Uint8Array(0), { gas, profiler });
  profiler.close(result.status, gas - gasUsed, new Uint8Array(0));
  const found = profiler.finish(BigInt(gas), BigInt(gasUsed));
  const own = found.codes[0]?.lines ?? [];
  return {
    ...found,
    text: readable(result).text,
    gasUsed,
    lines: new Map(
      own.map(({ line, hits, selfInk }) => [line, [hits, Math.floor(selfInk / INK_PER_GAS)]]),
    ),
  };
}

const BODIES: Readonly<Record<string, string>> = {
  "a loop": "$s = 0; for ($i = 0; $i < 500; $i++) { $s += $i; } return (string) $s;",
  "a callback of C": "$a = [3, 1, 2]; usort($a, fn ($x, $y) => $x <=> $y); return json_encode($a);",
  "an exception":
    "try { intdiv(1, 0); } catch (DivisionByZeroError $e) { return $e->getMessage(); }",
  "a generator": "$g = (function () { yield 1; yield 2; })(); return json_encode([...$g]);",
  "a write to storage":
    "$this->host()->storagePut(str_repeat('a', 32), str_repeat('b', 32)); return '';",
  "a revert": "throw Revert::because('no');",
  "no gas": "for (;;);",
};

describe("a profiled call", () => {
  for (const [name, body] of Object.entries(BODIES)) {
    test(`uses what the call uses, and its lines have all of it: ${name}`, () => {
      const source = contractSource(body);
      const gas = name === "no gas" ? 500_000 : GAS;
      php.putSource(source, AT);
      const { text, gasUsed } = php.call(AT, new Uint8Array(0), gas);
      const found = profile(source, gas);
      assert.deepEqual([found.text, found.gasUsed], [text, gasUsed]);
      const ink = found.codes.flatMap(({ lines }) => lines.map(({ selfInk }) => selfInk));
      assert.equal(
        ink.reduce((sum, one) => sum + one, 0),
        gasUsed * INK_PER_GAS,
      );
    });
  }

  test("has a line's hits and the gas of what it calls of the SDK", () => {
    const { lines } = profile(
      contractSource(`$sum = U256::of(0);
for ($i = 0; $i < 40; $i++) {
    $sum = $sum->add(U256::of($i));
}
return (string) $sum;`),
    );
    const hitsAt = (line: number) => lines.get(BODY_LINE + line)?.[0];
    // The loop's condition runs once more than its body.
    assert.deepEqual([0, 1, 2, 4].map(hitsAt), [1, 41, 40, 1]);
    const gasAt = (line: number) => lines.get(BODY_LINE + line)?.[1] ?? 0;
    assert.ok(gasAt(2) > 10 * gasAt(1), `the body ${gasAt(2)}, the loop ${gasAt(1)}`);
  });

  test("leaves what the SDK does before and after the contract's code to no line", () => {
    const { lines } = profile(contractSource("return 'x';"));
    assert.deepEqual([...lines.keys()], [0, BODY_LINE - 1, BODY_LINE]);
    assert.deepEqual(lines.get(BODY_LINE)?.[0], 1);
    assert.ok((lines.get(BODY_LINE)?.[1] ?? GAS) < 200, "a return costs little");
  });

  test("that fails names the line that ran last, though the SDK made the answer", () => {
    const body = "$a = 1;\n$this->require($a > 1, 'too small');\nreturn '';";
    const { failure } = profile(contractSource(body));
    assert.deepEqual(
      failure.map(({ line }) => line),
      [BODY_LINE + 1],
    );
  });

  test("of a source without a table is told by its address alone", () => {
    const source = contractSource("return '';");
    php.putSource(source, AT);
    const profiler = new Profiler([]);
    profiler.open(AT, GAS);
    const { gasUsed } = php.chain.send(AT, new Uint8Array(0), { gas: GAS, profiler });
    profiler.close("success", GAS - gasUsed, new Uint8Array(0));
    const [code] = profiler.finish(BigInt(GAS), BigInt(gasUsed)).codes;
    assert.deepEqual([code?.table, code?.address], [undefined, AT]);
    assert.deepEqual(
      code?.lines.map(({ line }) => line),
      [0],
    );
  });
});

const SILENT = {
  message: (): Uint8Array => new Uint8Array(0),
  print: (): void => undefined,
  now: (): bigint => 1n,
  random: (length: number): Uint8Array => new Uint8Array(length),
  file: (): undefined => undefined,
};

/** An interpreter whose frames lie elsewhere than where they are looked for. */
class Shifted extends ProfiledInterpreter {
  override readU32(pointer: number): number {
    return super.readU32(pointer + 4);
  }
}

test("an interpreter whose memory is laid out in another way is refused", () => {
  const module = profiledModule(currentPins());
  assert.throws(
    () => new Shifted(module, SILENT).check(engine.snapshot),
    (error: Error) => error instanceof Unavailable && /phpMemory\.ts/.test(error.message),
  );
  new ProfiledInterpreter(module, SILENT).check(engine.snapshot);
});
