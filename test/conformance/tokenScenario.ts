import { type Address, addressFromBytes, fromHex } from "@delchain/runtime";
import { encodeErrorResult, encodeFunctionData, type Hex, pad, parseAbi } from "viem";
import { tokenAbi } from "../../apps/tour/tokenAbi.ts";

// What is done to a token in every language, and what must come of it, byte for byte.

const reverts = parseAbi(["error Error(string)", "error Panic(uint256)"]);

export const ALICE: Address = addressFromBytes(new Uint8Array(20).fill(0xa1));
export const BOB: Address = addressFromBytes(new Uint8Array(20).fill(0xb0));
const MOST = 2n ** 256n - 1n;

/** Bytes that only a 256-bit integer holds: no language may go through a smaller one. */
export const BIG: bigint = 2n ** 255n + 12_345n;

export type Step = {
  readonly name: string;
  readonly caller: Address;
  readonly input: Hex;
  readonly value?: bigint;
  readonly status: "success" | "revert";
  readonly output: Hex;
};

function mint(to: Address, amount: bigint): Hex {
  return encodeFunctionData({ abi: tokenAbi, functionName: "mint", args: [to, amount] });
}

function transfer(to: Address, amount: bigint): Hex {
  return encodeFunctionData({ abi: tokenAbi, functionName: "transfer", args: [to, amount] });
}

function balanceOf(owner: Address): Hex {
  return encodeFunctionData({ abi: tokenAbi, functionName: "balanceOf", args: [owner] });
}

function uint(value: bigint): Hex {
  return pad(`0x${value.toString(16)}`, { size: 32 });
}

const INSUFFICIENT: Hex = encodeErrorResult({
  abi: reverts,
  errorName: "Error",
  args: ["insufficient balance"],
});
const OVERFLOW: Hex = encodeErrorResult({ abi: reverts, errorName: "Panic", args: [0x11n] });
const TOTAL_SUPPLY: Hex = encodeFunctionData({ abi: tokenAbi, functionName: "totalSupply" });

function succeeds(name: string, caller: Address, input: Hex, output: Hex): Step {
  return { name, caller, input, status: "success", output };
}

function fails(name: string, caller: Address, input: Hex, output: Hex, value = 0n): Step {
  return { name, caller, input, status: "revert", output, value };
}

/** Balances after it: Alice `BIG` - 5, Bob 5. */
export const TOKEN_STEPS: readonly Step[] = [
  succeeds("an empty token has no supply", ALICE, TOTAL_SUPPLY, uint(0n)),
  succeeds("mint returns nothing", ALICE, mint(ALICE, BIG), "0x"),
  succeeds("transfer returns true", ALICE, transfer(BOB, 7n), uint(1n)),
  succeeds("a transfer back", BOB, transfer(ALICE, 2n), uint(1n)),
  succeeds("a transfer to oneself", BOB, transfer(BOB, 5n), uint(1n)),
  succeeds("a transfer of nothing", BOB, transfer(ALICE, 0n), uint(1n)),
  fails("an overdraft reverts with a reason", BOB, transfer(ALICE, 6n), INSUFFICIENT),
  fails("an overdraft by the largest amount", BOB, transfer(ALICE, MOST), INSUFFICIENT),
  fails("a mint beyond 256 bits panics", ALICE, mint(BOB, MOST - BIG + 1n), OVERFLOW),
  fails("an unknown selector reverts without data", ALICE, "0xdeadbeef", "0x"),
  fails("no calldata reverts without data", ALICE, "0x", "0x"),
  fails("three bytes of calldata revert without data", ALICE, "0xa9059c", "0x"),
  fails(
    "a missing argument reverts without data",
    ALICE,
    transfer(BOB, 1n).slice(0, 74) as Hex,
    "0x",
  ),
  fails(
    "an address of more than 20 bytes reverts without data",
    ALICE,
    `0x70a08231${"01".repeat(32)}`,
    "0x",
  ),
  fails("a token takes no value", ALICE, mint(ALICE, 1n), "0x", 1n),
  succeeds("Alice's balance", BOB, balanceOf(ALICE), uint(BIG - 5n)),
  succeeds("Bob's balance", ALICE, balanceOf(BOB), uint(5n)),
  succeeds("the supply is what was minted", ALICE, TOTAL_SUPPLY, uint(BIG)),
];

/** The input of a step as bytes. */
export function inputOf(step: Step): Uint8Array {
  return fromHex(step.input);
}
