import {
  type Address,
  bigintToBytes,
  bytesToBigint,
  concatBytes,
  fromHex,
  type Hash,
  hashFromBytes,
  keccak256Bytes,
  toAddress,
  toHash,
} from "@delchain/runtime";
import type { Program } from "./memoryState.ts";

/** What a client knows of the token. */
export const TOKEN_ABI = [
  "function mint(uint256 amount)",
  "function transfer(address to, uint256 amount) returns (bool)",
  "function balanceOf(address owner) view returns (uint256)",
  "event Transfer(address indexed from, address indexed to, uint256 amount)",
  "error Insufficient(uint256 balance, uint256 wanted)",
] as const;

/** Stands for the token's code, deployed or installed. */
export const TOKEN_CODE: Uint8Array = fromHex("0x70aed0");

const selector = (signature: string): string =>
  Buffer.from(keccak256Bytes(new TextEncoder().encode(signature)).subarray(0, 4)).toString("hex");

const MINT = selector("mint(uint256)");
const TRANSFER = selector("transfer(address,uint256)");
const BALANCE_OF = selector("balanceOf(address)");
const INSUFFICIENT = fromHex(`0x${selector("Insufficient(uint256,uint256)")}`);
const TRANSFER_TOPIC = hashFromBytes(
  keccak256Bytes(new TextEncoder().encode("Transfer(address,address,uint256)")),
);

const word = (value: bigint): Uint8Array => bigintToBytes(value, 32);
const slotOf = (owner: Address): Hash => toHash(`0x${owner.slice(2).padStart(64, "0")}`);

/** An ERC-20 subset with Solidity's ABI, in place of an engine. */
export const token: Program = ({ data, sender, load }) => {
  const called = Buffer.from(data.subarray(0, 4)).toString("hex");
  const first = bytesToBigint(data.subarray(4, 36));
  const balanceOf = (owner: Address): bigint => BigInt(load(slotOf(owner)));
  const wordAt = (value: bigint): Hash => hashFromBytes(word(value));
  if (called === BALANCE_OF) {
    const owner = toAddress(`0x${first.toString(16).padStart(40, "0")}`);
    return { status: "success", gas: 2_500n, output: word(balanceOf(owner)) };
  }
  if (called === MINT) {
    const balance = wordAt(balanceOf(sender) + first);
    return { status: "success", gas: 25_000n, writes: [[slotOf(sender), balance]] };
  }
  if (called !== TRANSFER) return { status: "revert", gas: 100n, output: new Uint8Array(0) };
  const to = toAddress(`0x${first.toString(16).padStart(40, "0")}`);
  const amount = bytesToBigint(data.subarray(36, 68));
  const balance = balanceOf(sender);
  if (balance < amount) {
    const output = concatBytes(INSUFFICIENT, word(balance), word(amount));
    return { status: "revert", gas: 3_000n, output };
  }
  return {
    status: "success",
    gas: 30_000n,
    output: word(1n),
    writes: [
      [slotOf(sender), wordAt(balance - amount)],
      [slotOf(to), wordAt(balanceOf(to) + amount)],
    ],
    logs: [{ topics: [TRANSFER_TOPIC, slotOf(sender), slotOf(to)], data: word(amount) }],
  };
};
