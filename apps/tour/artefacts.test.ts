import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { decodeEnvelope, equalBytes, fromHex } from "@delchain/runtime";
import { type AbiParameter, toEventSelector, toFunctionSelector } from "viem";
import { loadArtefacts } from "./artefacts.ts";
import { hashSources, sha256 } from "./build/recipe.ts";
import { RECIPES } from "./build.ts";
import { ARTEFACTS, readManifest } from "./manifest.ts";
import { erc20Abi, erc721Abi } from "./standardAbi.ts";
import { forwarderAbi, relayAbi, tokenAbi } from "./tokenAbi.ts";

const REMEDY = "run `npm run build:contracts` and commit what it writes";
const manifest = readManifest();
const ABIS: { readonly [contract: string]: readonly object[] } = {
  token: tokenAbi,
  relay: relayAbi,
  forwarder: forwarderAbi,
  erc20: erc20Abi,
  erc721: erc721Abi,
};

type Entry = {
  readonly type: string;
  readonly name?: string;
  readonly inputs?: readonly (AbiParameter & { readonly indexed?: boolean })[];
  readonly outputs?: readonly AbiParameter[];
  readonly stateMutability?: string;
};

/** An ABI's meaning: selectors, names and types, without order and what a compiler adds. */
function meaning(abi: readonly object[]): string[] {
  return (abi as readonly Entry[])
    .map((entry) => {
      const { type, name, inputs = [], outputs = [], stateMutability } = entry;
      const selector =
        type === "event" ? toEventSelector(entry as never) : toFunctionSelector(entry as never);
      const values = inputs.map((one) => `${one.type} ${one.indexed ?? false} ${one.name}`);
      const results = outputs.map((one) => one.type);
      return `${type} ${name} ${selector} (${values}) ${stateMutability} (${results})`;
    })
    .sort();
}

test("no artefact is older than its sources", () => {
  const stale = RECIPES.flatMap((recipe) => {
    const entry = manifest.find(({ name }) => name === recipe.name);
    if (entry === undefined) return [`${recipe.name} was never built`];
    const now = hashSources(recipe.inputs);
    return JSON.stringify(now) === JSON.stringify(entry.sources) &&
      JSON.stringify(recipe.flags) === JSON.stringify(entry.flags)
      ? []
      : [`${recipe.name} is stale`];
  });
  assert.deepEqual(stale, [], REMEDY);
});

test("the artefacts are the bytes that the manifest lists", () => {
  const wrong = manifest.filter(({ artefact, sha256: listed, bytes }) => {
    const file = readFileSync(new URL(artefact, ARTEFACTS));
    return sha256(file) !== listed || file.length !== bytes;
  });
  assert.deepEqual(
    wrong.map(({ name }) => name),
    [],
    REMEDY,
  );
});

test("every contract has one ABI in all its languages", () => {
  for (const { name, contract, abi } of manifest) {
    assert.deepEqual(meaning(abi), meaning(ABIS[contract] ?? []), name);
  }
});

test("a WebAssembly artefact deploys as an envelope of its module, constructor arguments last", () => {
  const artefact = loadArtefacts().get("token-c");
  assert.ok(artefact !== undefined);
  const module = readFileSync(new URL("token-c.wasm", ARTEFACTS));
  const { kind, payload, constructorInput } = decodeEnvelope(fromHex(artefact.initCode("0xabcd")));
  assert.deepEqual(
    [kind, equalBytes(payload, module), [...constructorInput]],
    [1, true, [0xab, 0xcd]],
  );
});

test("a Solidity artefact deploys as init code", () => {
  const artefact = loadArtefacts().get("token-solidity");
  const { bytecode } = JSON.parse(
    readFileSync(new URL("token-solidity.json", ARTEFACTS), "utf8"),
  ) as { readonly bytecode: string };
  assert.equal(artefact?.initCode(), bytecode);
  assert.equal(artefact?.initCode("0x01"), `${bytecode}01`);
});
