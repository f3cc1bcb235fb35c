import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { before, test } from "node:test";
import { compileJava } from "@delchain/java";
import { type Address, CODE_KINDS, encodeEnvelope, toHex } from "@delchain/runtime";
import fc from "fast-check";
import {
  type Abi,
  type AbiFunction,
  encodeAbiParameters,
  encodeFunctionData,
  type Hex,
} from "viem";
import { abiValue } from "./abiArbitrary.ts";
import { Ledger, plain } from "./ledger.ts";
import { compileSolidity } from "./solidity.ts";
import { ALICE, BOB } from "./tokenScenario.ts";

// One contract in Solidity and in Java, in one ledger, given the same calls: solc is the judge of every type, of every
// place in storage, of events, errors and panics.

function source(name: string): string {
  return readFileSync(new URL(`java/${name}`, import.meta.url), "utf8");
}

type Step = { readonly name: string; readonly args: readonly unknown[]; readonly value: bigint };

const CONSTRUCTOR = encodeAbiParameters(
  [{ type: "address" }, { type: "string" }, { type: "uint64[]" }],
  [BOB, "a title that does not fit into one word of storage", [7n, 9n]],
).slice(2);

let solidity: { readonly abi: Abi; readonly bytecode: string };
let java: { readonly abi: Abi; readonly module: Uint8Array };
let functions: readonly AbiFunction[];

before(async () => {
  solidity = compileSolidity(
    { "Features.sol": source("Features.sol") },
    "Features.sol",
    "Features",
  );
  const compiled = await compileJava({ files: { "Features.java": source("Features.java") } });
  java = { abi: compiled.abi as Abi, module: compiled.module };
  functions = solidity.abi.filter((entry) => entry.type === "function");
});

/** Both contracts in one block, so that their storage and logs can be compared as they are. */
class Pair {
  readonly #ledger: Ledger = new Ledger([ALICE, BOB]);
  readonly #solidity: Address;
  readonly #java: Address;

  constructor(constructorInput: string) {
    const envelope = toHex(encodeEnvelope(CODE_KINDS.wasm, java.module));
    this.#solidity = this.#ledger.deploy(`${solidity.bytecode}${constructorInput}` as Hex);
    this.#java = this.#ledger.deploy(`${envelope}${constructorInput}` as Hex);
  }

  /** What a call came to in both, each contract's own address blotted out. */
  send(data: Hex, value = 0n): readonly [object, object] {
    const [first, second] = [this.#solidity, this.#java].map((address) => {
      const outcome = this.#ledger.send(ALICE, address, data, value);
      const logs = outcome.status === "success" ? outcome.logs : [];
      const own = address.slice(2);
      const { output = "0x", ...rest } = plain(outcome) as { readonly output?: string };
      return {
        ...rest,
        output: output.replaceAll(own, "self"),
        logs: logs.map(({ topics, data: bytes }) => ({ topics, data: toHex(bytes) })),
      };
    });
    assert.ok(first !== undefined && second !== undefined);
    return [first, second];
  }

  storage(): readonly [readonly object[], readonly object[]] {
    return [this.#ledger.storage(this.#solidity), this.#ledger.storage(this.#java)];
  }
}

/** A length beyond all memory: solc tries to make room for it before it looks for the bytes, Java does not. */
const PANIC_MEMORY = `0x4e487b71${"41".padStart(64, "0")}`;

const word = (value: number | bigint): string => value.toString(16).padStart(64, "0");

test("a contract in Java has the ABI that solc writes", () => {
  const sorted = (abi: Abi): string[] =>
    abi
      .map((entry) => {
        const text = JSON.stringify({ anonymous: false, ...entry }, (key, value) =>
          key === "internalType" ? String(value).replace(/Features\./, "") : value,
        );
        // Java says that a method changes nothing, not that it reads nothing.
        return text.replace('"pure"', '"view"');
      })
      .map((text) => JSON.stringify(sortKeys(JSON.parse(text))))
      .sort();
  assert.deepEqual(sorted(java.abi), sorted(solidity.abi));
});

test("a contract in Java answers, reverts, logs and stores the same, as in Solidity, whatever is called in whatever order", () => {
  const step: fc.Arbitrary<Step> = fc.constantFrom(...functions).chain((one) =>
    fc.record({
      name: fc.constant(one.name),
      args: fc.tuple(...one.inputs.map(abiValue)),
      value: fc.oneof({ weight: 9, arbitrary: fc.constant(0n) }, fc.constant(3n)),
    }),
  );
  const reached = new Set<string>();
  fc.assert(
    fc.property(fc.array(step, { minLength: 10, maxLength: 40 }), (steps) => {
      const pair = new Pair(CONSTRUCTOR);
      for (const { name, args, value } of steps) {
        const data = encodeFunctionData({ abi: solidity.abi, functionName: name, args });
        const [expected, actual] = pair.send(data, value);
        assert.deepEqual(actual, expected, `${name}(${JSON.stringify(args, bigints)})`);
        reached.add(`${name} ${(expected as { status: string }).status}`);
      }
      const [expected, actual] = pair.storage();
      assert.deepEqual(actual, expected);
    }),
    { numRuns: 60, seed: 7 },
  );
  const missed = functions.filter(({ name }) => !reached.has(`${name} success`));
  assert.deepEqual(
    missed.map(({ name }) => name),
    ["fail"],
  );
});

test("a contract in Java refuses calldata that is cut short or out of range", () => {
  const pair = new Pair(CONSTRUCTOR);
  const call = (name: string, args: readonly unknown[]): Hex =>
    encodeFunctionData({ abi: solidity.abi, functionName: name, args });
  const whole = [
    call("setPacked", [BOB, true, 1n, -2, "0x01020304"]),
    call("setText", ["text", "0x0102"]),
    call("push", [1n, 2, { x: 3n, y: 4 }]),
    call("setOrder", [
      1n,
      { owner: BOB, amount: 1n, note: "n", parts: [1n], at: { x: 1n, y: 2 }, open: true },
    ]),
  ];
  for (const data of whole) {
    assert.equal((pair.send(data)[0] as { status: string }).status, "success");
    for (const length of [0, 3, 4, 35, 67, 99, 131, 163, 195, 227]) {
      const cut = data.slice(0, 2 + 2 * length) as Hex;
      if (cut.length === data.length) continue;
      const [expected, actual] = pair.send(cut);
      assert.deepEqual(actual, expected, `${length} bytes of ${data}`);
    }
    for (let at = 0; at < (data.length - 10) / 64; at++) {
      for (const wrong of [2n ** 256n - 1n, 2n ** 255n, 2n ** 64n, 2n ** 31n]) {
        const bad = `${data.slice(0, 10 + 64 * at)}${word(wrong)}${data.slice(74 + 64 * at)}`;
        const [judged, actual] = pair.send(bad as Hex);
        const isMemory = (judged as { output: string }).output === PANIC_MEMORY;
        const expected = isMemory ? { ...judged, output: "0x" } : judged;
        assert.deepEqual(actual, expected, `word ${at} is ${wrong} in ${data.slice(0, 10)}`);
      }
    }
  }
  const [expected, actual] = pair.storage();
  assert.deepEqual(actual, expected);
});

test("a contract in Java takes plain value by @Receive, and refuses value everywhere else but in @Payable", () => {
  const pair = new Pair(CONSTRUCTOR);
  const calls: readonly (readonly [Hex, bigint])[] = [
    ["0x", 5n],
    ["0x", 0n],
    ["0x00", 5n],
    [encodeFunctionData({ abi: solidity.abi, functionName: "deposit" }), 6n],
    [encodeFunctionData({ abi: solidity.abi, functionName: "text" }), 6n],
  ];
  for (const [data, value] of calls) {
    const [expected, actual] = pair.send(data, value);
    assert.deepEqual(actual, expected, `${data} with ${value}`);
  }
  const [expected, actual] = pair.storage();
  assert.deepEqual(actual, expected);
});

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, one]) => [key, sortKeys(one)]));
}

function bigints(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? String(value) : value;
}
