import { EMPTY_BYTES, isHex } from "@delchain/runtime";
import type { BlockOverride, StateOverride } from "./backend.ts";
import { OVERRIDES_MAX } from "./limits.ts";
import {
  decodeAddress,
  decodeBytes,
  decodeHash,
  decodeQuantity,
  type Param,
  wrongParam,
} from "./params.ts";
import { RPC_CODES, RpcError, wrongParams } from "./rpcErrors.ts";

type Members = Readonly<Record<string, unknown>>;

/** No code begins with it (EIP-3541) but what this chain stores of other tiers, which no call can make up. */
const RESERVED_BYTE = 0xef;
const ACCOUNT_FIELDS = ["balance", "nonce", "code", "state", "stateDiff"];
const BLOCK_FIELDS = ["number", "time", "gasLimit", "feeRecipient", "prevRandao", "baseFeePerGas"];

/** What a call finds other than the state has it, by address (geth's `eth_call`, "state override set"). */
export const STATE_OVERRIDES: Param<readonly StateOverride[]> = {
  name: "state overrides",
  fallback: { value: [] },
  decode: (value, where) => {
    const entries = Object.entries(membersOf(value, where));
    limit(entries.length, where);
    return entries.map(([address, fields]) => decodeAccount(address, fields, where));
  },
};

/** What a call finds other than its block has it (geth's `eth_call`, "block override set"). */
export const BLOCK_OVERRIDES: Param<BlockOverride> = {
  name: "block overrides",
  fallback: { value: {} },
  decode: (value, where) => {
    const members = membersOf(value, where, BLOCK_FIELDS);
    const quantity = (name: string, bits: 64 | 256) =>
      isThere(members[name]) ? decodeQuantity(members[name], `${where}.${name}`, bits) : undefined;
    const [number, timestamp, gasLimit] = ["number", "time", "gasLimit"].map((name) =>
      quantity(name, 64),
    );
    const baseFee = quantity("baseFeePerGas", 256);
    const { feeRecipient, prevRandao } = members;
    return {
      ...(number !== undefined && { number }),
      ...(timestamp !== undefined && { timestamp }),
      ...(gasLimit !== undefined && { gasLimit }),
      ...(baseFee !== undefined && { baseFee }),
      ...(isThere(feeRecipient) && {
        producer: decodeAddress(feeRecipient, `${where}.feeRecipient`),
      }),
      ...(isThere(prevRandao) && { randomness: decodeHash(prevRandao, `${where}.prevRandao`) }),
    };
  },
};

function decodeAccount(name: string, value: unknown, where: string): StateOverride {
  const address = decodeAddress(name, where);
  const at = `${where}.${name}`;
  const { balance, nonce, code, state, stateDiff } = membersOf(value, at, ACCOUNT_FIELDS);
  if (isThere(state) && isThere(stateDiff)) {
    throw wrongParams(`${at}: state replaces the storage and stateDiff changes it; send one`);
  }
  return {
    address,
    ...(isThere(balance) && { balance: decodeQuantity(balance, `${at}.balance`) }),
    ...(isThere(nonce) && { nonce: decodeQuantity(nonce, `${at}.nonce`, 64) }),
    ...(isThere(code) && { code: decodeCode(code, `${at}.code`) }),
    isStorageWhole: isThere(state),
    slots: decodeSlots(state ?? stateDiff ?? {}, at),
  };
}

function decodeCode(value: unknown, where: string): Uint8Array {
  const code = isHex(value) && value === "0x" ? EMPTY_BYTES : decodeBytes(value, where);
  if (code[0] !== RESERVED_BYTE) return code;
  throw new RpcError(
    RPC_CODES.methodNotSupported,
    `${where}: code that begins with 0xef is of no contract of the EVM (EIP-3541)`,
  );
}

function decodeSlots(value: unknown, where: string): StateOverride["slots"] {
  const entries = Object.entries(membersOf(value, `${where} storage`));
  limit(entries.length, where);
  return entries.map(([slot, word]) => ({
    slot: decodeHash(slot, `${where} slot`),
    value: decodeHash(word, `${where}[${slot}]`),
  }));
}

function membersOf(value: unknown, where: string, known?: readonly string[]): Members {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw wrongParam(where, "an object", value);
  }
  const other = known && Object.keys(value).find((name) => !known.includes(name));
  if (other === undefined) return value as Members;
  throw new RpcError(
    RPC_CODES.methodNotSupported,
    `${where}.${other.slice(0, 80)}: there is no such override here; there are ${known?.join(", ")}`,
  );
}

function limit(count: number, where: string): void {
  if (count > OVERRIDES_MAX) {
    throw wrongParams(`${where}: ${count} entries are over the limit of ${OVERRIDES_MAX}`);
  }
}

function isThere(value: unknown): boolean {
  return value !== undefined && value !== null;
}
