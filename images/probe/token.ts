import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeFunctionData, parseAbi, toEventSelector } from "viem";
import { hex, vectorNamed } from "./frames.ts";
import { hexOf, MemoryHost, mappingSlot, type Outcome } from "./memoryHost.ts";
import type { ProgramUnderTest } from "./program.ts";

const ABI = parseAbi([
  "function mint(address to, uint256 amount)",
  "function transfer(address to, uint256 amount) returns (bool)",
  "function balanceOf(address owner) view returns (uint256)",
  "function totalSupply() view returns (uint256)",
]);
const TRANSFER = toEventSelector("Transfer(address,address,uint256)").slice(2);

const ALICE = "a1".repeat(20);
const BOB = "b0".repeat(20);
const NOBODY = "00".repeat(20);
const MAX = 2n ** 256n - 1n;
const PANIC_OVERFLOW = `4e487b71${hex(0x11n, 32)}`;

type Call = { readonly input: string; readonly sender?: string; readonly value?: bigint };

const strip = (data: `0x${string}`): string => data.slice(2);
const mint = (to: string, amount: bigint): Call => ({
  input: strip(encodeFunctionData({ abi: ABI, functionName: "mint", args: [`0x${to}`, amount] })),
});
const transfer = (sender: string, to: string, amount: bigint): Call => ({
  sender,
  input: strip(
    encodeFunctionData({ abi: ABI, functionName: "transfer", args: [`0x${to}`, amount] }),
  ),
});
const balanceOf = (owner: string): Call => ({
  input: strip(encodeFunctionData({ abi: ABI, functionName: "balanceOf", args: [`0x${owner}`] })),
});
const totalSupply: Call = {
  input: strip(encodeFunctionData({ abi: ABI, functionName: "totalSupply" })),
};

const word = (value: bigint): string => hex(value, 32);
const success = (output: string): Outcome => ({ status: "success", output, logs: [] });
const revert = (output: string): Outcome => ({ status: "revert", output, logs: [] });
const transferred = (from: string, to: string, amount: bigint, output = ""): Outcome => ({
  status: "success",
  output,
  logs: [{ topics: [TRANSFER, from.padStart(64, "0"), to.padStart(64, "0")], data: word(amount) }],
});

/**
 * The tour's token in any language: results, storage slots, logs and revert data as solc's code for Token.sol gives
 * them. `start` starts the token's program, which says HELLO after each call.
 */
export function describeToken(language: string, start: () => Promise<ProgramUnderTest>): void {
  async function run(
    host: MemoryHost,
    calls: readonly (readonly [Call, Outcome])[],
  ): Promise<void> {
    const program = await start();
    try {
      assert.equal(await program.next(), vectorNamed("hello at the start"));
      for (const [call, expected] of calls) {
        assert.deepEqual(await host.call(program, call), expected);
        await program.next();
      }
    } finally {
      await program.stop();
    }
  }

  test(`the token in ${language} mints, transfers and refuses an overdraft like the one in Solidity`, async () => {
    const host = new MemoryHost();
    const reason = "insufficient balance";
    const overdraft = `08c379a0${word(32n)}${word(20n)}${hexOf(reason).padEnd(64, "0")}`;
    await run(host, [
      [mint(ALICE, 1000n), transferred(NOBODY, ALICE, 1000n)],
      [transfer(ALICE, BOB, 300n), transferred(ALICE, BOB, 300n, word(1n))],
      [balanceOf(ALICE), success(word(700n))],
      [balanceOf(BOB), success(word(300n))],
      [totalSupply, success(word(1000n))],
      [transfer(BOB, ALICE, 301n), revert(overdraft)],
      [transfer(BOB, BOB, 300n), transferred(BOB, BOB, 300n, word(1n))],
    ]);
    assert.deepEqual(
      [...host.storage].sort(),
      [
        [mappingSlot(ALICE, 0), word(700n)],
        [mappingSlot(BOB, 0), word(300n)],
        [word(1n), word(1000n)],
      ].sort(),
    );
  });

  test(`the token in ${language} fails like the one in Solidity on overflow, bad calldata and value`, async () => {
    const dirty = balanceOf(ALICE).input.replace("00000000", "00000001");
    await run(new MemoryHost(), [
      [mint(ALICE, MAX), transferred(NOBODY, ALICE, MAX)],
      [mint(BOB, 1n), revert(PANIC_OVERFLOW)],
      [transfer(ALICE, BOB, MAX), transferred(ALICE, BOB, MAX, word(1n))],
      [{ input: "" }, revert("")],
      [{ input: "a9059c" }, revert("")],
      [{ input: "deadbeef" }, revert("")],
      [{ input: transfer(ALICE, BOB, 1n).input.slice(0, -2) }, revert("")],
      [{ input: dirty }, revert("")],
      [{ ...totalSupply, value: 1n }, revert("")],
    ]);
  });
}
