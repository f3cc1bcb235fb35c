import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { before, test } from "node:test";
import { compileJava } from "@delchain/java";
import { type Address, CODE_KINDS, encodeEnvelope, toHex } from "@delchain/runtime";
import type { Hex } from "viem";
import { type Echo, echoJava, echoSelector } from "./javaEcho.ts";
import { Ledger } from "./ledger.ts";
import { ALICE } from "./tokenScenario.ts";

// sdk-langs/abi/vectors.json, whose oracles are viem and solc, against Java's SDK.

type Vectors = {
  readonly encodings: readonly { readonly types: Echo; readonly data: Hex }[];
  readonly calldata: readonly {
    readonly name: string;
    readonly types: Echo;
    readonly data: Hex;
    /** `null` when the calldata is refused. */
    readonly output: Hex | null;
  }[];
};

const FILE = new URL("../../sdk-langs/abi/vectors.json", import.meta.url);
const vectors = JSON.parse(readFileSync(FILE, "utf8")) as Vectors;
const key = (types: Echo): string => types.join(";");
const keys = [
  ...new Set([...vectors.encodings, ...vectors.calldata].map(({ types }) => key(types))),
];
const echoes = keys.map((types) => types.split(";"));

let ledger: Ledger;
let contract: Address;

before(async () => {
  const { module } = await compileJava({ files: { "Echo.java": echoJava(echoes) } });
  ledger = new Ledger([ALICE]);
  contract = ledger.deploy(toHex(encodeEnvelope(CODE_KINDS.wasm, module)), "the echo in Java");
});

function echoed(types: Echo, data: Hex): Hex | null {
  const selector = echoSelector(types, keys.indexOf(key(types)));
  const outcome = ledger.send(ALICE, contract, `${selector}${data.slice(2)}` as Hex);
  assert.notEqual(outcome.status, "halt", key(types));
  return outcome.status === "success" ? toHex(outcome.output) : null;
}

/** A string is text in Java: bytes that are no UTF-8 come back replaced. */
function keepsBytes(types: Echo, data: Hex): boolean {
  const isText = types.some((type) => type.includes("string"));
  return !isText || !Buffer.from(data.slice(2), "hex").some((byte) => byte > 0x7f);
}

test("Java decodes and encodes every type of the vectors as viem does", () => {
  const differences = vectors.encodings
    .map(({ types, data }) => ({ types, data, actual: echoed(types, data) }))
    .filter(({ data, actual }) => data !== actual);
  assert.deepEqual(differences, []);
  assert.ok(vectors.encodings.length > 50);
});

test("Java refuses and takes malformed calldata as solc's decoder does", () => {
  const differences = vectors.calldata
    .map((one) => ({ ...one, actual: echoed(one.types, one.data) }))
    .filter(({ types, data, output, actual }) =>
      keepsBytes(types, data) ? actual !== output : (actual === null) !== (output === null),
    );
  assert.deepEqual(differences, []);
  assert.ok(vectors.calldata.length > 500);
});
