import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { keccak256 } from "@delchain/runtime";
import type { Hex } from "viem";
import { clubSource, encodeCall } from "./club.ts";
import { echoAssemblyScript, echoC, echoNode, echoPhp, echoSelector } from "./echoSources.ts";
import { generateVectors } from "./generateVectors.ts";
import {
  assemblyScriptMachine,
  cMachine,
  cProgramMachine,
  type Machine,
  nodeMachine,
  phpMachine,
  phpWasmMachine,
} from "./machines.ts";
import { echoesOf, readVectors, type Step, selectorIndex } from "./vectors.ts";

// sdk-langs/abi/vectors.json, and every SDK against it.

const vectors = readVectors();
const echoes = echoesOf(vectors);

/** In AssemblyScript a string is text, and bytes that are none are replaced. */
function keepsBytes(machine: Machine, types: readonly string[], data: Hex): boolean {
  if (machine.language !== "AssemblyScript" || !types.some((type) => type.includes("string"))) {
    return true;
  }
  const bytes = Buffer.from(data.slice(2), "hex");
  return !bytes.some((byte) => byte > 0x7f);
}

/** Where they differ, not every byte of all. */
type Difference = {
  readonly what: string;
  readonly expected: Hex | null;
  readonly actual: Hex | null;
};

async function echoed(machine: Machine, types: readonly string[], data: Hex): Promise<Hex | null> {
  const index = selectorIndex(echoes, types);
  const selector = echoSelector(types, index);
  const { status, output } = await machine.call({ input: `${selector}${data.slice(2)}` });
  return status === "success" ? output : null;
}

async function encodingDifferences(machine: Machine): Promise<readonly Difference[]> {
  const found: Difference[] = [];
  for (const { types, data } of vectors.encodings) {
    const actual = await echoed(machine, types, data);
    if (actual !== data) found.push({ what: types.join(), expected: data, actual });
  }
  return found;
}

async function calldataDifferences(
  machine: Machine,
  every: number,
): Promise<readonly Difference[]> {
  const found: Difference[] = [];
  const tried = vectors.calldata.filter((_, i) => i % every === 0);
  for (const { name, types, data, output } of tried) {
    const actual = await echoed(machine, types, data);
    const isSame = keepsBytes(machine, types, data)
      ? actual === output
      : (actual === null) === (output === null);
    if (!isSame) found.push({ what: `${types.join()}: ${name}`, expected: output, actual });
  }
  return found;
}

async function play(machine: Machine): Promise<readonly Step[]> {
  const steps: Step[] = [];
  for (const { call, input } of vectors.contract.steps) {
    const { sender } = encodeCall({ name: "join", args: [], sender: call.sender, value: 0n });
    const value = BigInt(call.value);
    const result = await machine.call({
      input,
      value,
      ...(sender === undefined ? {} : { sender }),
    });
    steps.push({ call, input, ...result });
  }
  return steps;
}

describe("the vectors of the ABI", () => {
  test("are what viem and solc say, and not what we think", async () => {
    assert.deepEqual(JSON.parse(JSON.stringify(await generateVectors())), vectors);
  });

  test("have selectors and topics that are the hash of their signatures", () => {
    const hash = (text: string): Hex => keccak256(new TextEncoder().encode(text));
    for (const { signature, selector } of vectors.selectors) {
      assert.equal(hash(signature).slice(0, 10), selector, signature);
    }
    for (const { signature, topic } of vectors.topics) assert.equal(hash(signature), topic);
    assert.ok(vectors.selectors.length > 3 && vectors.topics.length > 3);
  });

  test("hold calldata that is refused and calldata that is taken, of every type", () => {
    for (const types of echoes) {
      const outputs = vectors.calldata.filter((one) => one.types.join() === types.join());
      const refused = outputs.filter(({ output }) => output === null).length;
      assert.ok(
        refused > 3 && refused < outputs.length,
        `${types}: ${refused} of ${outputs.length}`,
      );
    }
  });
});

const SDKS: readonly {
  readonly language: string;
  readonly echo: () => Promise<Machine>;
  readonly club: () => Promise<Machine>;
  /** Takes one malformed calldata of so many; all unless told. */
  readonly every?: number;
}[] = [
  {
    language: "C (wasm)",
    echo: () => cMachine(echoC(echoes)),
    club: () => cMachine(clubSource("c/club.c")),
  },
  {
    language: "AssemblyScript",
    echo: () => assemblyScriptMachine(echoAssemblyScript(echoes)),
    club: () => assemblyScriptMachine(clubSource("assemblyscript/club.ts")),
  },
  {
    language: "C (container)",
    echo: () => cProgramMachine(echoC(echoes)),
    club: () => cProgramMachine(clubSource("c/club.c")),
  },
  {
    language: "PHP (container)",
    echo: () => phpMachine(echoPhp(echoes)),
    club: () => phpMachine(clubSource("php/Club.php")),
  },
  {
    language: "PHP (wasm)",
    echo: async () => phpWasmMachine(echoPhp(echoes)),
    club: async () => phpWasmMachine(clubSource("php/Club.php")),
  },
  {
    language: "TypeScript (container)",
    echo: () => nodeMachine(echoNode(echoes)),
    club: () => nodeMachine(clubSource("node/club.ts")),
    // An isolate a call takes most of a minute; the same decoder meets all of them in sdk-langs/node/vectors.test.ts.
    every: 11,
  },
];

for (const { language, echo, club, every = 1 } of SDKS) {
  describe(`${language} against the vectors`, () => {
    let echoMachine: Machine;
    let clubMachine: Machine;

    before(async () => {
      echoMachine = await echo();
      clubMachine = await club();
    });
    after(async () => {
      await echoMachine.stop();
      await clubMachine.stop();
    });

    test("decodes and encodes every type as viem does", async () => {
      assert.deepEqual(await encodingDifferences(echoMachine), []);
    });

    test("refuses and takes malformed calldata as solc's decoder does", async () => {
      assert.deepEqual(await calldataDifferences(echoMachine, every), []);
    });

    test("answers, logs and fails as solc's code does, and stores in its layout", async () => {
      assert.deepEqual(await play(clubMachine), vectors.contract.steps);
      assert.deepEqual(clubMachine.storage(), vectors.contract.storage);
    });
  });
}
