import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeErrorResult, encodeFunctionData, encodeFunctionResult, parseAbi } from "viem";
import { callFrame, frameOf, hex } from "./frames.ts";
import type { ProgramUnderTest } from "./program.ts";

const ABI = parseAbi([
  "function greet(string name, string mark) returns (string)",
  "function mixed(bool flag, uint64 number, bytes32 word, address who, string text) returns (uint256)",
  "function not(bool flag) returns (bool)",
  "function next(uint64 number) returns (uint64)",
  "function same(bytes32 word) returns (bytes32)",
  "function me() returns (address)",
]);
const WORD = `0x${"ab".repeat(32)}` as const;
const WHO = `0x${"cd".repeat(20)}` as const;
const SENDER = `0x${"ca".repeat(20)}` as const;
const LONG = "ä".repeat(40);

type Case = { readonly name: string; readonly args: readonly unknown[]; readonly result: unknown };

const CASES: readonly Case[] = [
  { name: "greet", args: ["Ada", "!"], result: "Hello Ada!" },
  { name: "greet", args: ["", ""], result: "Hello " },
  { name: "greet", args: [LONG, LONG], result: `Hello ${LONG}${LONG}` },
  { name: "mixed", args: [true, 5n, WORD, WHO, LONG], result: 1n + 5n + 80n + 0xabn + 0xcdn },
  { name: "not", args: [true], result: false },
  { name: "next", args: [2n ** 63n - 2n], result: 2n ** 63n - 1n },
  { name: "same", args: [WORD], result: WORD },
  { name: "me", args: [], result: SENDER },
];

/** What Solidity's decoder refuses: a bool of two, an integer too large, an offset and a length past the end. */
function malformed(): readonly string[] {
  const bool = callData("not", [true]).slice(0, -1);
  const next = callData("next", [1n]).replace(
    "0".repeat(40),
    `${"0".repeat(23)}1${"0".repeat(16)}`,
  );
  const greet = callData("greet", ["Ada", "!"]);
  const offset = `${greet.slice(0, 8)}${"f".repeat(64)}${greet.slice(72)}`;
  return [`${bool}2`, next, greet.slice(0, -64), offset, callData("same", [WORD]).slice(0, -2)];
}

function callData(functionName: string, args: readonly unknown[]): string {
  return encodeFunctionData({ abi: ABI, functionName, args } as never).slice(2);
}

/** The constructor's arguments stand behind the selector of `delchain_constructor()`: `(uint64)`, and no 7. */
export function describeConstructor(sdk: string, start: () => Promise<ProgramUnderTest>): void {
  const outcomes: readonly (readonly [string, string])[] = [
    [hex(8n, 32), "00"],
    [hex(7n, 32), `01${reasonData("seven")}`],
    // Solidity's decoder refuses what is no uint64, and arguments that are missing.
    [hex(2n ** 64n, 32), "01"],
    ["", "01"],
  ];
  test(`${sdk} runs its constructor with the arguments that stand behind its selector`, async () => {
    const program = await start();
    try {
      await program.next();
      let exchange = 0n;
      for (const [data, result] of outcomes) {
        exchange += 1n;
        program.send(callFrame({ exchange, input: `8fd5c432${data}` }));
        assert.equal(await program.next(), frameOf(5, exchange, result), data);
        await program.next();
      }
      program.send(callFrame({ exchange: 9n, input: `8fd5c432${hex(8n, 32)}`, value: 1n }));
      assert.match(await program.next(), /^0x.{26}01/);
    } finally {
      await program.stop();
    }
  });
}

function reasonData(reason: string): string {
  const [error] = parseAbi(["error Error(string)"]);
  return encodeErrorResult({ abi: [error], args: [reason] }).slice(2);
}

/** Arguments and results of every type, encoded and decoded as viem does. */
export function describeTypes(sdk: string, start: () => Promise<ProgramUnderTest>): void {
  test(`${sdk} takes and returns every type of its ABI like viem, and refuses what does not decode`, async () => {
    const program = await start();
    try {
      await program.next();
      let exchange = 0n;
      for (const { name, args, result } of CASES) {
        exchange += 1n;
        program.send(callFrame({ exchange, input: callData(name, args) }));
        const encoded = encodeFunctionResult({ abi: ABI, functionName: name, result } as never);
        assert.equal(await program.next(), frameOf(5, exchange, `00${encoded.slice(2)}`), name);
        await program.next();
      }
      for (const input of malformed()) {
        exchange += 1n;
        program.send(callFrame({ exchange, input }));
        assert.equal(await program.next(), frameOf(5, exchange, "01"), input);
        await program.next();
      }
    } finally {
      await program.stop();
    }
  });
}
