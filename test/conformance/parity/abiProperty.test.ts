import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { encodeAbiParameters, type Hex } from "viem";
import { arbitraryType, arbitraryValue, parametersOf, parseType } from "./abiTypes.ts";
import {
  type Echo,
  echoAssemblyScript,
  echoC,
  echoNode,
  echoPhp,
  echoSelector,
  echoSolidity,
} from "./echoSources.ts";
import {
  assemblyScriptMachine,
  cMachine,
  cProgramMachine,
  type Machine,
  nodeMachine,
  phpMachine,
  phpWasmMachine,
  solidityMachine,
} from "./machines.ts";
import { edgeWords, replaceWord } from "./malformed.ts";

// Contracts are compiled, so types are drawn once a run and values many times. A failure names the seed of both.

const METHODS = 10;
const RUNS = 150;
const TIME_LIMIT_MS = 60_000;
/** A container's output is limited, and bent offsets may make one value many. */
const OUTPUT_DIGITS_MAX = 100_000;

const seed = Number(process.env.DELCHAIN_SEED ?? Date.now() % 2 ** 31);

function randomEchoes(): readonly Echo[] {
  const echo = fc.array(arbitraryType(), { minLength: 1, maxLength: 3 });
  return fc.sample(echo, { numRuns: METHODS, seed });
}

type Case = { readonly index: number; readonly data: Hex; readonly bent: Hex };

/** Values of one of the methods, and the same data with a word replaced. */
function arbitraryCase(echoes: readonly Echo[]): fc.Arbitrary<Case> {
  return fc.nat({ max: echoes.length - 1 }).chain((index) => {
    const types = echoes[index] as Echo;
    const values = fc.tuple(...types.map((type) => arbitraryValue(parseType(type))));
    return values.chain((list) => {
      const data = encodeAbiParameters(parametersOf(types), list as never);
      const bytes = (data.length - 2) / 2;
      return fc
        .tuple(fc.nat({ max: bytes / 32 - 1 }), fc.constantFrom(...edgeWords(bytes)))
        .map(([at, word]) => ({ index, data, bent: replaceWord(data, at, word) }));
    });
  });
}

test(`SDKs encode and decode random types as viem and solc do (DELCHAIN_SEED=${seed})`, async () => {
  const echoes = randomEchoes();
  const oracle = solidityMachine(echoSolidity(echoes), "Echo");
  const machines: Machine[] = [];
  try {
    machines.push(await cMachine(echoC(echoes)));
    machines.push(await assemblyScriptMachine(echoAssemblyScript(echoes)));
    machines.push(await cProgramMachine(echoC(echoes)));
    machines.push(await phpMachine(echoPhp(echoes)));
    machines.push(phpWasmMachine(echoPhp(echoes)));
    machines.push(await nodeMachine(echoNode(echoes)));
    await fc.assert(
      fc.asyncProperty(arbitraryCase(echoes), async ({ index, data, bent }) => {
        const types = echoes[index] as Echo;
        const selector = echoSelector(types, index);
        const taken = await oracle.call({ input: `${selector}${bent.slice(2)}` });
        for (const machine of machines) {
          const { output } = await machine.call({ input: `${selector}${data.slice(2)}` });
          assert.equal(output, data, `${machine.language}: ${types}`);
          if (taken.output.length > OUTPUT_DIGITS_MAX) continue;
          const answer = await machine.call({ input: `${selector}${bent.slice(2)}` });
          assert.equal(answer.status, taken.status, `${machine.language}: ${types} of ${bent}`);
          // In AssemblyScript a string is text, so bytes that are none do not come back as they were.
          const isText = types.some((type) => type.includes("string"));
          if (taken.status === "success" && !(isText && machine.language === "AssemblyScript")) {
            assert.equal(answer.output, taken.output, `${machine.language}: ${types} of ${bent}`);
          }
        }
      }),
      { numRuns: RUNS, seed, interruptAfterTimeLimit: TIME_LIMIT_MS, endOnFailure: true },
    );
  } finally {
    for (const machine of machines) await machine.stop();
  }
});
