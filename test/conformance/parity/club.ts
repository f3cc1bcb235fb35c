import { readFileSync } from "node:fs";
import fc from "fast-check";
import { type Abi, encodeFunctionData, type Hex, pad } from "viem";
import { compileSolidity } from "../solidity.ts";
import { ALICE, BOB } from "../tokenScenario.ts";
import type { Call } from "./machines.ts";

// The contract of contracts/*/club.*: one interface in every language, with a bit of all that storage can hold.

const CONTRACTS = new URL("../contracts/", import.meta.url);

export function clubSource(path: string): string {
  return readFileSync(new URL(path, CONTRACTS), "utf8");
}

export const CLUB_SOLIDITY: string = clubSource("solidity/Club.sol");

export const clubAbi: Abi = compileSolidity({ "Club.sol": CLUB_SOLIDITY }, "Club.sol", "Club").abi;

/** A call by the method's name. */
export type ClubCall = {
  readonly name: string;
  readonly args: readonly unknown[];
  readonly sender: "alice" | "bob";
  readonly value: bigint;
};

export function encodeCall({ name, args, sender, value }: ClubCall): Call {
  const input = encodeFunctionData({ abi: clubAbi, functionName: name, args: [...args] });
  return { input, sender: sender === "alice" ? ALICE : BOB, value };
}

const MOST = 2n ** 256n - 1n;
const uint256 = fc.oneof(
  { weight: 3, arbitrary: fc.bigInt({ min: 0n, max: 12n }) },
  { weight: 1, arbitrary: fc.constantFrom(MOST, 2n ** 255n, 2n ** 64n, 2n ** 128n) },
);
const int256 = fc.oneof(
  { weight: 4, arbitrary: fc.bigInt({ min: -700n, max: 700n }) },
  { weight: 1, arbitrary: fc.constantFrom(-(2n ** 255n), 2n ** 255n - 1n, -1n, 0n) },
);
// Of every magnitude, for arithmetic.
const wide = fc
  .integer({ min: 1, max: 256 })
  .chain((bits) => fc.bigInt({ min: 0n, max: 2n ** BigInt(bits) - 1n }));
const operand = fc.oneof(uint256, wide);
const signedOperand = fc.oneof(
  int256,
  wide.map((value) => BigInt.asIntN(256, value)),
  wide.map((value) => -(value >> 1n)),
);
// Lengths around the edges of a slot: 31 bytes lie in it, 32 do not.
const text = fc
  .constantFrom(0, 1, 5, 30, 31, 32, 33, 63, 64, 65, 100)
  .chain((length) => fc.constantFrom("a", "z").map((letter) => letter.repeat(length)));
const bytes = text.map((one): Hex => `0x${Buffer.from(one).toString("hex")}`);
const id = fc.constantFrom(...[0n, 1n, MOST].map((n) => pad(`0x${n.toString(16)}`, { size: 32 })));
const topic = fc.constantFrom("", "chess", "a topic that is longer than thirty-two bytes");
const person = fc.constantFrom(ALICE, BOB);
const rank = fc.constantFrom(0, 1, 255, 256, 2 ** 24 - 1);

const people = fc
  .tuple(fc.array(person, { maxLength: 3 }), fc.array(int256, { maxLength: 3 }))
  .map(([who, changes]) => [who, changes.slice(0, Math.max(who.length, changes.length - 1))]);

const CALLS: readonly (readonly [string, number, fc.Arbitrary<readonly unknown[]>])[] = [
  ["open", 2, fc.tuple(text, fc.constantFrom("0x000000", "0xabcdef"))],
  ["join", 2, fc.constant([])],
  ["score", 4, fc.tuple(people, topic).map(([[who, changes], t]) => [who, t, changes])],
  ["record", 3, fc.tuple(uint256)],
  ["forget", 1, fc.constant([])],
  ["amend", 1, fc.tuple(uint256, uint256)],
  ["rank", 2, fc.tuple(fc.array(rank, { maxLength: 12 }))],
  ["unrank", 1, fc.constant([])],
  ["rerank", 1, fc.tuple(uint256, rank)],
  ["note", 3, fc.tuple(text)],
  ["editNote", 2, fc.tuple(uint256, text)],
  ["dropNote", 1, fc.constant([])],
  ["file", 3, fc.tuple(id, bytes)],
  ["summary", 1, fc.constant([])],
  ["scoreOf", 1, fc.tuple(person, topic)],
  ["all", 1, fc.constant([])],
  ["document", 1, fc.tuple(id)],
  ["unsignedMath", 4, fc.tuple(operand, operand)],
  ["signedMath", 4, fc.tuple(signedOperand, signedOperand)],
];

/** Random calls, most of them by Alice, few with value where none is wanted. */
export const arbitraryCall: fc.Arbitrary<ClubCall> = fc.oneof(
  ...CALLS.map(([name, weight, args]) => ({
    weight,
    arbitrary: fc.record({
      name: fc.constant(name),
      args,
      sender: fc.constantFrom("alice", "alice", "alice", "bob"),
      value:
        name === "join"
          ? fc.constantFrom(0n, 1n, 10n ** 18n)
          : fc.oneof(
              { weight: 30, arbitrary: fc.constant(0n) },
              { weight: 1, arbitrary: fc.constant(1n) },
            ),
    }) as fc.Arbitrary<ClubCall>,
  })),
);
