import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import {
  type Address,
  addressFromBytes,
  addressToBytes,
  bigintToBytes,
  concatBytes,
  fromHex,
  keccak256,
  toHex,
} from "@delchain/runtime";
import {
  decodeFunctionResult,
  encodeErrorResult,
  encodeFunctionData,
  type Hex,
  parseAbi,
} from "viem";
import { ARTEFACTS, readManifest } from "../../apps/tour/manifest.ts";
import { forwarderAbi, tokenAbi } from "../../apps/tour/tokenAbi.ts";
import { ALICE, BIG, BOB, inputOf, TOKEN_STEPS } from "./tokenScenario.ts";
import { VmHooksHost } from "./vmHooksHost.ts";

// The tokens on a plain host API, without the tier that will run them.

const TOKEN: Address = addressFromBytes(new Uint8Array(20).fill(0x70));
const FORWARDER: Address = addressFromBytes(new Uint8Array(20).fill(0xf0));
const TRANSFER: Hex = keccak256(new TextEncoder().encode("Transfer(address,address,uint256)"));
const entries = readManifest().filter(({ tier }) => tier === "wasm");
const tokens = entries.filter(({ contract }) => contract === "token");

function moduleOf(name: string): Uint8Array {
  return readFileSync(new URL(`${name}.wasm`, ARTEFACTS));
}

function wordOf(address: Address): Uint8Array {
  return concatBytes(new Uint8Array(12), addressToBytes(address));
}

/** Solidity's slot of `balanceOf[owner]` with the mapping at slot 0. */
function balanceSlot(owner: Address): Hex {
  return keccak256(concatBytes(wordOf(owner), new Uint8Array(32)));
}

function uint(value: bigint): Hex {
  return toHex(bigintToBytes(value, 32));
}

function transferLog(from: Address | undefined, to: Address, value: bigint): object {
  const zero = new Uint8Array(32);
  const topics = [TRANSFER, toHex(from === undefined ? zero : wordOf(from)), toHex(wordOf(to))];
  return { address: TOKEN, topics, data: uint(value) };
}

const EXPECTED_STORAGE: readonly (readonly [string, string])[] = [
  [balanceSlot(ALICE), uint(BIG - 5n)] as const,
  [balanceSlot(BOB), uint(5n)] as const,
  [uint(1n), uint(BIG)] as const,
].sort(([a], [b]) => (a < b ? -1 : 1));

const EXPECTED_LOGS: readonly object[] = [
  transferLog(undefined, ALICE, BIG),
  transferLog(ALICE, BOB, 7n),
  transferLog(BOB, ALICE, 2n),
  transferLog(BOB, BOB, 5n),
  transferLog(BOB, ALICE, 0n),
];

test("there is a WebAssembly token in C, AssemblyScript, Rust and Java", () => {
  assert.deepEqual(
    tokens.map(({ language }) => language),
    ["C", "AssemblyScript", "Rust", "Java"],
  );
});

for (const { name, language } of tokens) {
  test(`the token in ${language} answers, reverts, logs and stores as Solidity's does`, () => {
    const host = new VmHooksHost();
    host.deploy(TOKEN, moduleOf(name));
    host.fund(ALICE, 1n);
    const outcomes = TOKEN_STEPS.map((step) => {
      const { status, output } = host.call(TOKEN, step.caller, inputOf(step), step.value);
      return { name: step.name, status, output: toHex(output) };
    });
    assert.deepEqual(
      outcomes,
      TOKEN_STEPS.map(({ name, status, output }) => ({ name, status, output })),
    );
    assert.deepEqual(host.storage(TOKEN), EXPECTED_STORAGE);
    assert.deepEqual(host.logs, EXPECTED_LOGS);
  });
}

for (const { name, language } of tokens) {
  test(`the forwarder in C moves its tokens in ${language} and hands back the answer`, () => {
    const host = new VmHooksHost();
    host.deploy(TOKEN, moduleOf(name));
    host.deploy(FORWARDER, moduleOf("forwarder-c"));
    const mint = encodeFunctionData({
      abi: tokenAbi,
      functionName: "mint",
      args: [FORWARDER, 10n],
    });
    host.call(TOKEN, ALICE, fromHex(mint));
    const send = (amount: bigint): Uint8Array => {
      const data = encodeFunctionData({
        abi: tokenAbi,
        functionName: "transfer",
        args: [BOB, amount],
      });
      return fromHex(
        encodeFunctionData({ abi: forwarderAbi, functionName: "forward", args: [TOKEN, data] }),
      );
    };
    const sent = host.call(FORWARDER, ALICE, send(4n));
    const answer = decodeFunctionResult({ abi: forwarderAbi, data: toHex(sent.output) });
    assert.deepEqual([sent.status, answer], ["success", uint(1n)]);
    const refused = host.call(FORWARDER, ALICE, send(7n));
    assert.deepEqual(
      [refused.status, toHex(refused.output)],
      [
        "revert",
        encodeErrorResult({
          abi: parseAbi(["error Error(string)"]),
          args: ["insufficient balance"],
        }),
      ],
    );
    assert.deepEqual(host.logs, [
      transferLog(undefined, FORWARDER, 10n),
      transferLog(FORWARDER, BOB, 4n),
    ]);
  });
}

test("contracts import nothing but the host API and export what the tier calls", () => {
  for (const { name } of entries) {
    const module = new WebAssembly.Module(moduleOf(name) as BufferSource);
    const foreign = WebAssembly.Module.imports(module).filter((one) => one.module !== "vm_hooks");
    const names = WebAssembly.Module.exports(module).map((one) => one.name);
    assert.deepEqual(foreign, [], name);
    assert.ok(names.includes("memory") && names.includes("user_entrypoint"), name);
  }
});
