import {
  type AccessListEntry,
  type Address,
  type BlockContext,
  bigintToBytes,
  type ExecutableTransaction,
  type Hash,
  toAddress,
  toHex,
} from "@delchain/runtime";
import type { Random } from "./random.ts";

export const CHAIN_ID = 31_337n;
export const SENDERS: readonly Address[] = [1, 2, 3, 4, 5, 6].map((byte) =>
  toAddress(`0x${byte.toString(16).padStart(2, "0").repeat(20)}`),
);
/** 0x0a, the point evaluation of EIP-4844, is left out: ethereumjs has none without a native library. */
const PRECOMPILES: readonly Address[] = [
  1, 2, 3, 4, 5, 6, 7, 8, 9, 0x0b, 0x0c, 0x0d, 0x0e, 0x0f, 0x10, 0x11, 0x100,
].map((number) => toAddress(toHex(bigintToBytes(BigInt(number), 20))));
/**
 * Contracts that are there from the start: one stores calldata's second word under its first, one makes a contract
 * of its calldata with CREATE2 and salt 0, and calls it.
 */
export const SETTER: Address = toAddress(`0x${"5e".repeat(20)}`);
export const FACTORY: Address = toAddress(`0x${"fa".repeat(20)}`);
export const GENESIS_CODE: readonly (readonly [Address, Uint8Array])[] = [
  [SETTER, hexBytes("6020355f3555")],
  [FACTORY, hexBytes("365f5f375f365f5ff55f5f5f5f5f855af15f5260205ff3")],
];
/** Init codes that leave a contract which dies when it is called, dies at once, stores, or stays. */
const FACTORY_INIT: readonly string[] = [
  "6133ff5f526002601ef3",
  "30ff",
  "60015f5560025f5530ff",
  "60016001556133ff5f526002601ef3",
  "605a5f5360015ff3",
];
/** The youngest contracts, so that transactions of a block meet each other's. */
const CONTRACTS_MAX = 16;
const MEMORY_SIZES = [0, 1, 32, 64, 96, 128, 160, 192, 213, 256, 384] as const;

/** Draws blocks of transactions over a pool of accounts that grows with what they create. */
export class RandomBlocks {
  readonly #random: Random;
  readonly #contracts: Address[] = [];
  readonly #nonces = new Map<Address, bigint>();
  #number = 0n;

  constructor(random: Random) {
    this.#random = random;
  }

  context(): BlockContext {
    this.#number += 1n;
    const pick = this.#random;
    return {
      chainId: CHAIN_ID,
      number: this.#number,
      timestamp: 1_700_000_000n + this.#number * 5n,
      gasLimit: 2n ** 27n,
      baseFee: BigInt(pick.below(50)),
      producer: pick.chance(0.8) ? this.#fresh(0xc0) : pick.one(SENDERS),
      randomness: toHex(pick.bytes(32)) as Hash,
    };
  }

  transaction(context: BlockContext): ExecutableTransaction {
    const pick = this.#random;
    const sender = pick.one(SENDERS);
    const type = pick.one([0, 1, 2] as const);
    const { to, data } = this.#deed();
    const maxFeePerGas = context.baseFee + BigInt(pick.below(20)) - (pick.chance(0.02) ? 10n : 0n);
    const price = maxFeePerGas < 0n ? 0n : maxFeePerGas;
    const nonce = this.#nonces.get(sender) ?? 0n;
    return {
      type,
      sender,
      to,
      nonce: pick.chance(0.02) ? nonce + 1n : nonce,
      gasLimit: BigInt(
        pick.chance(0.15) ? 21_000 + pick.below(60_000) : 300_000 + pick.below(700_000),
      ),
      maxFeePerGas: price,
      maxPriorityFeePerGas: type === 2 ? BigInt(pick.below(Number(price) + 1)) : price,
      value: pick.chance(0.5) ? 0n : BigInt(pick.below(1_000)),
      data,
      accessList: type === 0 || pick.chance(0.5) ? [] : this.#accessList(),
    };
  }

  #deed(): Pick<ExecutableTransaction, "to" | "data"> {
    const pick = this.#random;
    const roll = pick.below(20);
    if (roll < 6) return { to: undefined, data: this.#initCode(0) };
    if (roll < 9) return { to: FACTORY, data: hexBytes(pick.one(FACTORY_INIT)) };
    if (roll < 12) {
      const words = `${wordOf(pick.below(4))}${wordOf(pick.below(2))}`;
      return { to: SETTER, data: hexBytes(words) };
    }
    return { to: this.#anyAddress(), data: pick.bytes(pick.one([0, 0, 4, 36, 68, 200])) };
  }

  /** Tells what a block came to, so that later ones build on it. */
  learn(created: readonly Address[], nonces: ReadonlyMap<Address, bigint>): void {
    for (const address of created) this.#contracts.push(address);
    this.#contracts.splice(0, Math.max(0, this.#contracts.length - CONTRACTS_MAX));
    for (const [sender, nonce] of nonces) this.#nonces.set(sender, nonce);
  }

  #fresh(prefix: number): Address {
    const bytes = new Uint8Array(20);
    bytes[0] = prefix;
    bytes[19] = this.#random.below(12);
    return toAddress(toHex(bytes));
  }

  #anyAddress(): Address {
    const pick = this.#random;
    const roll = pick.below(10);
    if (roll < 6 && this.#contracts.length > 0) return pick.one(this.#contracts);
    if (roll < 7) return pick.one(PRECOMPILES);
    if (roll < 8) return pick.one(SENDERS);
    return this.#fresh(0xe0);
  }

  #accessList(): AccessListEntry[] {
    const pick = this.#random;
    return Array.from({ length: pick.below(3) }, () => ({
      address: this.#anyAddress(),
      slots: Array.from({ length: pick.below(3) }, () => `0x${wordOf(pick.below(4))}` as Hash),
    }));
  }

  /** Deploys random code, or does random things in the constructor. */
  #initCode(depth: number): Uint8Array {
    const pick = this.#random;
    const code = this.#code(depth, pick.chance(0.3) ? 1 : 6);
    if (pick.chance(0.25)) return hexBytes(code);
    const before = pick.chance(0.3) ? this.#snippet(depth) : "";
    const length = code.length / 2;
    const head = before.length / 2 + 11;
    // PUSH2 length, DUP1, PUSH2 offset, PUSH0, CODECOPY, PUSH0, RETURN
    return hexBytes(`${before}61${hex(length, 2)}8061${hex(head, 2)}5f395ff3${code}`);
  }

  #code(depth: number, snippets: number): string {
    const pick = this.#random;
    let code = "";
    for (let left = pick.below(snippets) + 1; left > 0; left--) code += this.#snippet(depth);
    const endings = ["00", "60205ff3", "5f5ff3", "60205ffd", "fe", "00", "60205ff3"];
    if (pick.chance(0.15)) endings.push(`${push(this.#anyAddress())}ff`, "30ff", "33ff");
    return code + pick.one(endings);
  }

  /** A few instructions that leave the stack as it was. */
  #snippet(depth: number): string {
    const pick = this.#random;
    const key = () => push1(pick.below(4));
    switch (pick.below(16)) {
      case 0:
      case 1:
      case 2:
        // SSTORE of a small value at a small key
        return `${push1(pick.below(3))}${key()}55`;
      case 3:
        return `${key()}5450`;
      case 4:
        return `${push1(pick.below(3))}${key()}5d${key()}5c50`;
      case 5:
        // BALANCE, EXTCODESIZE, EXTCODEHASH
        return `${push(this.#anyAddress())}${pick.one(["31", "3b", "3f"])}50`;
      case 6:
        return `${push1(pick.below(64))}5f5f${push(this.#anyAddress())}3c`;
      case 7: {
        const topics = pick.below(5);
        return `${key().repeat(topics)}${push1(pick.below(64))}5f${hex(0xa0 + topics, 1)}`;
      }
      case 8:
        return `7f${hexOf(pick.bytes(32))}${push1(pick.below(200))}52`;
      case 9:
        // KECCAK256 into storage
        return `${push1(pick.below(64))}5f20${key()}55`;
      case 10:
        return this.#arithmetic();
      case 11:
        // CALLDATACOPY, MCOPY
        return `${push1(pick.below(64))}5f${push1(pick.below(64))}37${push1(20)}5f${push1(32)}5e`;
      case 12:
        return this.#create(depth);
      default:
        return this.#call();
    }
  }

  #arithmetic(): string {
    const pick = this.#random;
    const two = `7f${hexOf(pick.bytes(32))}7f${hexOf(pick.bytes(pick.below(33)))}`;
    const padded = two.padEnd(132, "0");
    const op = pick.one([
      "01",
      "02",
      "03",
      "04",
      "05",
      "06",
      "07",
      "0b",
      "10",
      "12",
      "1a",
      "1c",
      "1d",
    ]);
    return `${padded}${op}${push1(pick.below(4))}55${pick.chance(0.3) ? `${push1(pick.below(256))}1e${push1(1)}55` : ""}`;
  }

  #call(): string {
    const pick = this.#random;
    const [op, hasValue] = pick.one([
      ["f1", true],
      ["f1", true],
      ["f2", true],
      ["f4", false],
      ["fa", false],
    ] as const);
    const value = hasValue ? push1(pick.chance(0.6) ? 0 : pick.below(5)) : "";
    const gas = pick.chance(0.5) ? "5a" : `61${hex(pick.below(60_000), 2)}`;
    const size = `61${hex(pick.one(MEMORY_SIZES), 2)}`;
    const call = `${push1(pick.below(64))}5f${size}5f${value}${push(this.#anyAddress())}${gas}${op}`;
    return pick.chance(0.5) ? `${call}50` : `${call}${push1(pick.below(4))}55`;
  }

  #create(depth: number): string {
    if (depth > 1) return "5b";
    const pick = this.#random;
    // Few distinct init codes and salts, so that CREATE2 meets its own address again in later transactions.
    const own = ["30ff", "600160015530ff", "60fe5f5360015ff3", "33ff", "6001600155600054600255"];
    const init = pick.chance(0.7)
      ? hexBytes(pick.one(own))
      : this.#initCode(depth + 1).subarray(0, 120);
    let store = "";
    for (let at = 0; at < init.length; at += 32) {
      const chunk = hexOf(init.subarray(at, at + 32)).padEnd(64, "0");
      store += `7f${chunk}${push1(at)}52`;
    }
    const value = push1(pick.chance(0.7) ? 0 : 1);
    const isCreate2 = pick.chance(0.7);
    const salt = isCreate2 ? push1(pick.below(2)) : "";
    const create = `${store}${salt}${push1(init.length)}5f${value}${isCreate2 ? "f5" : "f0"}`;
    // Sometimes calls what it made.
    return pick.chance(0.5) ? `${create}5f5f5f5f5f855af15050` : `${create}50`;
  }
}

function hex(value: number, bytes: number): string {
  return value.toString(16).padStart(bytes * 2, "0");
}

function push1(value: number): string {
  return `60${hex(value, 1)}`;
}

function push(address: Address): string {
  return `73${address.slice(2)}`;
}

function hexOf(bytes: Uint8Array): string {
  return toHex(bytes).slice(2);
}

function hexBytes(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text, "hex"));
}

function wordOf(value: number): string {
  return hex(value, 32);
}
