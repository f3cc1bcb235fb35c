import { readFileSync, writeFileSync } from "node:fs";
import fc from "fast-check";
import {
  type AbiEvent,
  encodeAbiParameters,
  type Hex,
  toEventSelector,
  toEventSignature,
  toFunctionSelector,
} from "viem";
import { storageLayout } from "../solidity.ts";
import { arbitraryValue, parametersOf, parseType } from "./abiTypes.ts";
import { arbitraryCall, CLUB_SOLIDITY, type ClubCall, clubAbi, encodeCall } from "./club.ts";
import { type Echo, echoSelector, echoSolidity } from "./echoSources.ts";
import { type Machine, solidityMachine } from "./machines.ts";
import { variants } from "./malformed.ts";
import {
  type Calldata,
  type Encoding,
  type JsonValue,
  type Step,
  VECTORS_FILE,
  type Vectors,
} from "./vectors.ts";

// Writes sdk-langs/abi/vectors.json; with --check, says whether it is what this writes. Values come from a fixed
// seed, what they encode to from viem, what malformed calldata does and where storage lies from solc's own code and
// layout.

const SEED = 20_26;
const VALUES_EACH = 3;
const STEPS = 120;
/** A contract of the EVM has at most 24 kB. */
const ECHOES_EACH = 12;
/** Dirty bits and offsets show in the first words. */
const REPLACED_WORDS_MAX = 4;

const ECHOES: readonly Echo[] = [
  ...[["uint8"], ["uint24"], ["uint64"], ["uint128"], ["uint256"]],
  ...[["int8"], ["int24"], ["int64"], ["int128"], ["int256"]],
  ...[["bool"], ["address"], ["bytes1"], ["bytes4"], ["bytes32"]],
  ...[["bytes"], ["string"], ["string", "bytes"], ["bool", "string", "uint256", "bytes"]],
  ...[["uint256[]"], ["uint8[3]"], ["int16[][2]"], ["address[2][]"], ["bytes4[]"]],
  ...[["string[]"], ["bytes[2]"], ["string[2][]"], ["uint256[][]"]],
  ...[["(uint256,bool)"], ["(uint256,string)"], ["(address,bytes32)[]"], ["(string,uint64[])[2]"]],
  ...[["(uint8,(string,int128)[],bool)", "address"], ["(bool[2],(uint8,uint8))[]"]],
];

const EVENTS = ["Transfer(address,address,uint256)", "Empty()"];
const FUNCTIONS = [
  "transfer(address,uint256)",
  "score(address[],string,int256[])",
  "f((uint256,(string,bytes3)[2])[],bool)",
  "g()",
];

function toJson(value: unknown): JsonValue {
  if (typeof value === "bigint") return value.toString();
  return Array.isArray(value) ? value.map(toJson) : (value as JsonValue);
}

function sample<T>(arbitrary: fc.Arbitrary<T>, count: number, salt: number): readonly T[] {
  return fc.sample(arbitrary, { numRuns: count, seed: SEED + salt });
}

function encodings(): readonly Encoding[] {
  return ECHOES.flatMap((types, salt): readonly Encoding[] => {
    const values = fc.tuple(...types.map((type) => arbitraryValue(parseType(type))));
    return sample(values, VALUES_EACH, salt).map((list) => ({
      types,
      values: list.map(toJson),
      data: encodeAbiParameters(parametersOf(types), list as never),
    }));
  });
}

/** Data of each list of types: the middle one of its encodings by length, bent in every way. */
async function calldata(cases: readonly Encoding[]): Promise<readonly Calldata[]> {
  const found: Calldata[] = [];
  for (let from = 0; from < ECHOES.length; from += ECHOES_EACH) {
    const part = ECHOES.slice(from, from + ECHOES_EACH);
    const machine = solidityMachine(echoSolidity(part, from), "Echo");
    for (const [i, types] of part.entries()) {
      const own = cases.filter((one) => one.types === types).map(({ data }) => data);
      const middle = [...own].sort((a, b) => a.length - b.length)[1] as Hex;
      for (const { name, data } of variants(middle, REPLACED_WORDS_MAX)) {
        const output = await echoed(machine, echoSelector(types, from + i), data);
        found.push({ name, types, data, output });
      }
    }
  }
  return found;
}

async function echoed(machine: Machine, selector: Hex, data: Hex): Promise<Hex | null> {
  const { status, output } = await machine.call({ input: `${selector}${data.slice(2)}` });
  return status === "success" ? output : null;
}

async function contract(): Promise<Vectors["contract"]> {
  const machine = solidityMachine(CLUB_SOLIDITY, "Club");
  const opening: ClubCall = {
    name: "open",
    args: ["the club", "0xabcdef"],
    sender: "alice",
    value: 0n,
  };
  const steps: Step[] = [];
  for (const call of [opening, ...sample(arbitraryCall, STEPS, 0)]) {
    const { input } = encodeCall(call);
    const { status, output, logs } = await machine.call(encodeCall(call));
    const json = { ...call, args: call.args.map(toJson), value: call.value.toString() };
    steps.push({ call: json, input, status, output, logs });
  }
  return {
    source: "test/conformance/contracts/solidity/Club.sol",
    layout: storageLayout({ "Club.sol": CLUB_SOLIDITY }, "Club.sol", "Club"),
    steps,
    storage: machine.storage(),
  };
}

/** The vectors as they should be. */
export async function generateVectors(): Promise<Vectors> {
  const cases = encodings();
  const declared = (clubAbi as readonly AbiEvent[])
    .filter(({ type }) => type === "event")
    .map((event) => toEventSignature(event));
  return {
    about: "Written by test/conformance/parity/generateVectors.ts; README.md says what is what.",
    selectors: FUNCTIONS.map((signature) => ({
      signature,
      selector: toFunctionSelector(signature),
    })),
    topics: [...EVENTS, ...declared].map((signature) => ({
      signature,
      topic: toEventSelector(signature),
    })),
    encodings: cases,
    calldata: await calldata(cases),
    contract: await contract(),
  };
}

/** JSON with a case a line, so that a difference can be read. */
function lines(value: object): string {
  const list = (cases: readonly unknown[]): string =>
    `[\n${cases.map((one) => `    ${JSON.stringify(one)}`).join(",\n")}\n  ]`;
  const part = (one: unknown): string => {
    if (Array.isArray(one)) return list(one);
    return typeof one === "object" && one !== null ? lines(one).trimEnd() : JSON.stringify(one);
  };
  const parts = Object.entries(value).map(([key, one]) => `  ${JSON.stringify(key)}: ${part(one)}`);
  return `{\n${parts.join(",\n")}\n}\n`;
}

if (import.meta.main) {
  const text = lines(await generateVectors());
  const isCheck = process.argv.includes("--check");
  if (!isCheck) writeFileSync(VECTORS_FILE, text);
  else if (readFileSync(VECTORS_FILE, "utf8") !== text) {
    process.stdout.write(
      "DIFFERS vectors.json: run generateVectors.ts and commit what it writes\n",
    );
    process.exitCode = 1;
  }
}
