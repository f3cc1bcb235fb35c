import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import fc from "fast-check";
import { encodeAbiParameters, encodeFunctionData, encodePacked, type Hex, parseAbi } from "viem";
import { type Machine, phpMachine, phpWasmMachine } from "./machines.ts";

// PHP's numbers of 256 bits against BigInt, in both tiers: they have another PHP, and so another bcmath.

const RUNS = 300;
const PANIC = "0x4e487b71";
const [OVERFLOW, DIVISION] = [0x11n, 0x12n];

const SOURCE = `<?php

declare(strict_types=1);

use DelChain\\{Contract, I256, Integer, U256, View};

final class Numbers extends Contract
{
    #[View]
    public function unsigned(string $what, U256 $a, U256 $b): string
    {
        return $this->answer($what, $a, $b);
    }

    #[View]
    public function signed(string $what, I256 $a, I256 $b): string
    {
        return $this->answer($what, $a, $b);
    }

    private function answer(string $what, Integer $a, Integer $b): string
    {
        return (string) match ($what) {
            'compare' => $a <=> $b,
            'equal' => $a == $b ? 1 : 0,
            'text' => $a::of((string) $a),
            'int' => $a->toInt(),
            'of int' => $a::of($a->toInt()),
            'fit' => $a->fit(72),
            'as unsigned' => U256::of($a),
            'as signed' => I256::of($a),
            'less one' => $a->sub(1),
            default => $a->$what($b),
        };
    }
}
`;

/** A value, or the panic for which there is none. */
type Answer = { readonly value: bigint } | { readonly panic: bigint };
type Bounds = readonly [low: bigint, high: bigint];

const UNSIGNED: Bounds = [0n, 2n ** 256n - 1n];
const SIGNED: Bounds = [-(2n ** 255n), 2n ** 255n - 1n];
const INT: Bounds = [-(2n ** 63n), 2n ** 63n - 1n];

function within(value: bigint, [low, high]: Bounds): Answer {
  return value >= low && value <= high ? { value } : { panic: OVERFLOW };
}

function divided(b: bigint, result: () => bigint, bounds: Bounds): Answer {
  return b === 0n ? { panic: DIVISION } : within(result(), bounds);
}

const OPERATIONS: Readonly<Record<string, (a: bigint, b: bigint, own: Bounds) => Answer>> = {
  add: (a, b, own) => within(a + b, own),
  sub: (a, b, own) => within(a - b, own),
  mul: (a, b, own) => within(a * b, own),
  div: (a, b, own) => divided(b, () => a / b, own),
  mod: (a, b, own) => divided(b, () => a % b, own),
  compare: (a, b) => ({ value: a < b ? -1n : BigInt(a > b) }),
  equal: (a, b) => ({ value: BigInt(a === b) }),
  text: (value) => ({ value }),
  int: (a) => within(a, INT),
  "of int": (a) => within(a, INT),
  fit: (a, _, own) =>
    within(a, own === UNSIGNED ? [0n, 2n ** 72n - 1n] : [-(2n ** 71n), 2n ** 71n - 1n]),
  "as unsigned": (a) => within(a, UNSIGNED),
  "as signed": (a) => within(a, SIGNED),
  "less one": (a, _, own) => within(a - 1n, own),
};

/** Any, small ones, and those about each power of two that a limb, a type or PHP ends at. */
function arbitraryNumber([min, max]: Bounds): fc.Arbitrary<bigint> {
  const edges = [32n, 63n, 64n, 71n, 72n, 128n, 224n, 255n, 256n]
    .flatMap((bits) => [2n ** bits, -(2n ** bits)])
    .flatMap((edge) => [edge - 1n, edge, edge + 1n])
    .filter((edge) => edge >= min && edge <= max);
  const small = fc.bigInt({ min: min < -9n ? -9n : min, max: 9n });
  return fc.oneof(fc.bigInt({ min, max }), small, fc.constantFrom(...edges));
}

function arbitraryCase(bounds: Bounds): fc.Arbitrary<readonly [string, bigint, bigint, Bounds]> {
  const number = arbitraryNumber(bounds);
  // The same number twice is as likely as any two.
  const pair = fc.oneof(
    fc.tuple(number, number),
    number.map((one) => [one, one] as const),
  );
  return fc
    .tuple(fc.constantFrom(...Object.keys(OPERATIONS)), pair)
    .map(([what, [a, b]]) => [what, a, b, bounds]);
}

const abi = parseAbi([
  "function unsigned(string what, uint256 a, uint256 b) view returns (string)",
  "function signed(string what, int256 a, int256 b) view returns (string)",
]);

function output(answer: Answer): Hex {
  return "value" in answer
    ? encodeAbiParameters([{ type: "string" }], [String(answer.value)])
    : encodePacked(["bytes4", "uint256"], [PANIC, answer.panic]);
}

const BUILDERS: readonly (() => Promise<Machine>)[] = [
  () => phpMachine(SOURCE),
  async () => phpWasmMachine(SOURCE),
];

describe("numbers in PHP", () => {
  let machines: readonly Machine[] = [];
  before(async () => {
    machines = await Promise.all(BUILDERS.map((build) => build()));
  });
  after(async () => {
    for (const machine of machines) await machine.stop();
  });

  test("compute, compare and panic as BigInt within their bounds, in both tiers", async () => {
    const cases = fc.oneof(arbitraryCase(UNSIGNED), arbitraryCase(SIGNED));
    await fc.assert(
      fc.asyncProperty(cases, async ([what, a, b, bounds]) => {
        const functionName = bounds === UNSIGNED ? "unsigned" : "signed";
        const input = encodeFunctionData({ abi, functionName, args: [what, a, b] });
        const answer = OPERATIONS[what]?.(a, b, bounds);
        assert.ok(answer !== undefined);
        for (const machine of machines) {
          const called = await machine.call({ input });
          assert.equal(called.output, output(answer), `${machine.language}: ${what} of ${a}, ${b}`);
        }
      }),
      { numRuns: RUNS },
    );
  });
});
