import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { encodeFunctionData } from "viem";
import { loadArtefacts } from "../../../apps/tour/artefacts.ts";
import { tokenAbi } from "../../../apps/tour/tokenAbi.ts";
import { ProgramUnderTest } from "../../../images/probe/program.ts";
import { ALICE, BOB } from "../tokenScenario.ts";
import {
  type Call,
  chainMachine,
  type Machine,
  nodeMachine,
  overSocket,
  phpMachine,
  phpWasmMachine,
  programMachine,
} from "./machines.ts";

// The tour's token as it is built, in every language that has one: what the scenario of tokenScenario.ts does not try.

const SEQUENCES = 20;
const CALLS_MAX = 30;

const at = (path: string): string => fileURLToPath(new URL(`../../../${path}`, import.meta.url));

const MOST = 2n ** 256n - 1n;
const person = fc.constantFrom(ALICE, BOB, `0x${"00".repeat(20)}` as const);
const amount = fc.oneof(
  { weight: 4, arbitrary: fc.bigInt({ min: 0n, max: 50n }) },
  { weight: 1, arbitrary: fc.constantFrom(MOST, 2n ** 255n, 2n ** 64n) },
);
const data = fc.oneof(
  fc
    .tuple(person, amount)
    .map((args) => encodeFunctionData({ abi: tokenAbi, functionName: "mint", args })),
  fc
    .tuple(person, amount)
    .map((args) => encodeFunctionData({ abi: tokenAbi, functionName: "transfer", args })),
  person.map((one) =>
    encodeFunctionData({ abi: tokenAbi, functionName: "balanceOf", args: [one] }),
  ),
  fc.constant(encodeFunctionData({ abi: tokenAbi, functionName: "totalSupply" })),
);
const arbitraryCall: fc.Arbitrary<Call> = fc.record({
  input: data,
  sender: fc.constantFrom(ALICE, BOB),
  value: fc.oneof(
    { weight: 30, arbitrary: fc.constant(0n) },
    { weight: 1, arbitrary: fc.constant(1n) },
  ),
});

async function tokens(): Promise<readonly Machine[]> {
  const built = [...loadArtefacts().values()].filter(({ contract }) => contract === "token");
  const wasi = at("apps/tour/contracts/container-wasi/token.wasm");
  const php = readFileSync(at("apps/tour/contracts/php/Token.php"), "utf8");
  const command = [process.execPath, "--no-warnings", at("images/probe/runWasi.ts"), wasi];
  return [
    ...built.map(({ language, initCode }) => chainMachine(language, initCode())),
    await programMachine(
      "C (container)",
      overSocket([at("apps/tour/contracts/container-c/token")]),
    ),
    await programMachine("C (WASI)", () => ProgramUnderTest.start(command, "stdio", "process")),
    phpWasmMachine(php),
    await phpMachine(php),
    await nodeMachine(readFileSync(at("apps/tour/contracts/container-node/token.ts"), "utf8")),
    await programMachine("Python", overSocket([at("sdk-langs/any/token.py")])),
  ];
}

describe("the token in every language", () => {
  let machines: readonly Machine[] = [];

  before(async () => {
    machines = await tokens();
  });
  after(async () => {
    for (const machine of machines) await machine.stop();
  });

  test("comes to the same answers, logs and slots as Solidity's after any calls", async () => {
    const [oracle, ...others] = machines as readonly [Machine, ...Machine[]];
    assert.equal(oracle.language, "Solidity");
    assert.deepEqual(
      others.map(({ language }) => language),
      [
        "C",
        "AssemblyScript",
        "Rust",
        "Java",
        "C (container)",
        "C (WASI)",
        "PHP (wasm)",
        "PHP (container)",
        "TypeScript (container)",
        "Python",
      ],
    );
    const calls = fc.array(arbitraryCall, { minLength: 1, maxLength: CALLS_MAX, size: "max" });
    await fc.assert(
      fc.asyncProperty(calls, async (sequence) => {
        for (const machine of machines) await machine.reset();
        for (const call of sequence) {
          const expected = await oracle.call(call);
          for (const machine of others) {
            assert.deepEqual(
              await machine.call(call),
              expected,
              `${machine.language}: ${call.input}`,
            );
          }
        }
        for (const machine of others) {
          assert.deepEqual(machine.storage(), oracle.storage(), machine.language);
        }
      }),
      { numRuns: SEQUENCES, endOnFailure: true },
    );
  });
});
