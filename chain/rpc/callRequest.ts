import {
  type AccessListEntry,
  type Address,
  EMPTY_BYTES,
  type ExecutableTransaction,
  equalBytes,
  ZERO_ADDRESS,
} from "@delchain/runtime";
import {
  decodeAddress,
  decodeBytes,
  decodeHash,
  decodeQuantity,
  type Param,
  wrongParam,
} from "./params.ts";
import { RPC_CODES, RpcError, wrongParams } from "./rpcErrors.ts";

/** A call as a request states it: everything may be left out. */
export type CallRequest = {
  readonly from: Address;
  readonly to: Address | undefined;
  readonly gasLimit: bigint | undefined;
  /** The most that it would pay, in wei per gas; `undefined` asks for no fee. */
  readonly maxFeePerGas: bigint | undefined;
  readonly maxPriorityFeePerGas: bigint | undefined;
  readonly value: bigint;
  readonly nonce: bigint | undefined;
  readonly data: Uint8Array;
  readonly accessList: readonly AccessListEntry[];
  readonly chainId: bigint | undefined;
};

type Members = Readonly<Record<string, unknown>>;

// Of transaction types 3 and 4, which this chain does not have.
const REFUSED = ["blobs", "blobVersionedHashes", "maxFeePerBlobGas", "authorizationList"];

/** More entries than a transaction of the largest size could hold. */
const ACCESS_ENTRIES_MAX = 20_000;

/** The transaction object of `eth_call` and `eth_estimateGas`. */
export function callRequest(name: string): Param<CallRequest> {
  return { name, decode: decodeCallRequest };
}

function decodeCallRequest(value: unknown, where: string): CallRequest {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw wrongParam(where, "a transaction object", value);
  }
  const members = value as Members;
  const refused = REFUSED.find((name) => (members[name] ?? null) !== null);
  if (refused !== undefined) {
    throw wrongParams(
      `${where}.${refused}: this chain takes transactions of types 0, 1 and 2 only`,
    );
  }
  return {
    from: read(members, "from", where, decodeAddress) ?? ZERO_ADDRESS,
    to: read(members, "to", where, decodeAddress),
    gasLimit: read(members, "gas", where, decodeQuantity64),
    ...decodeFees(members, where),
    value: read(members, "value", where, decodeQuantity256) ?? 0n,
    nonce: read(members, "nonce", where, decodeQuantity64),
    data: decodeInput(members, where),
    accessList: read(members, "accessList", where, decodeAccessList) ?? [],
    chainId: read(members, "chainId", where, decodeQuantity256),
  };
}

function decodeQuantity64(value: unknown, where: string): bigint {
  return decodeQuantity(value, where, 64);
}

function decodeQuantity256(value: unknown, where: string): bigint {
  return decodeQuantity(value, where, 256);
}

/** A member that is left out or `null` is `undefined`, as clients send both. */
function read<T>(
  members: Members,
  name: string,
  where: string,
  decode: (value: unknown, where: string) => T,
): T | undefined {
  const value = members[name];
  return value === undefined || value === null ? undefined : decode(value, `${where}.${name}`);
}

function decodeFees(
  members: Members,
  where: string,
): Pick<CallRequest, "maxFeePerGas" | "maxPriorityFeePerGas"> {
  const gasPrice = read(members, "gasPrice", where, decodeQuantity256);
  const maxFeePerGas = read(members, "maxFeePerGas", where, decodeQuantity256);
  const tip = read(members, "maxPriorityFeePerGas", where, decodeQuantity256);
  if (gasPrice !== undefined) {
    if (maxFeePerGas !== undefined || tip !== undefined) {
      throw wrongParams(`${where}: gasPrice excludes maxFeePerGas and maxPriorityFeePerGas`);
    }
    return { maxFeePerGas: gasPrice, maxPriorityFeePerGas: gasPrice };
  }
  if (maxFeePerGas !== undefined && tip !== undefined && tip > maxFeePerGas) {
    const message = `max priority fee per gas higher than max fee per gas: ${tip} is above ${maxFeePerGas}`;
    throw new RpcError(RPC_CODES.invalidInput, message);
  }
  return { maxFeePerGas, maxPriorityFeePerGas: tip };
}

/** `input` is the name today, `data` the old one; both may be there if they are equal. */
function decodeInput(members: Members, where: string): Uint8Array {
  const input = read(members, "input", where, decodeBytes);
  const data = read(members, "data", where, decodeBytes);
  if (input !== undefined && data !== undefined && !equalBytes(input, data)) {
    throw wrongParams(`${where}: data and input differ; send one`);
  }
  return input ?? data ?? EMPTY_BYTES;
}

function decodeAccessList(value: unknown, where: string): readonly AccessListEntry[] {
  if (!Array.isArray(value) || value.length > ACCESS_ENTRIES_MAX) {
    throw wrongParam(where, `a list of at most ${ACCESS_ENTRIES_MAX} entries`, value);
  }
  return value.map((entry: unknown, i) => {
    const { address, storageKeys } = (entry ?? {}) as Members;
    const keys = storageKeys ?? [];
    if (!Array.isArray(keys) || keys.length > ACCESS_ENTRIES_MAX) {
      throw wrongParam(
        `${where}[${i}].storageKeys`,
        `a list of at most ${ACCESS_ENTRIES_MAX}`,
        keys,
      );
    }
    return {
      address: decodeAddress(address, `${where}[${i}].address`),
      slots: keys.map((key: unknown, k) => decodeHash(key, `${where}[${i}].storageKeys[${k}]`)),
    };
  });
}

/** The call as the executor takes it. Throws -32602 for another chain's id. */
export function toQueryTransaction(
  request: CallRequest,
  chainId: bigint,
  gasLimit: bigint,
): ExecutableTransaction {
  if (request.chainId !== undefined && request.chainId !== chainId) {
    throw wrongParams(`chainId ${request.chainId} does not match this chain's ${chainId}`);
  }
  const maxFeePerGas = request.maxFeePerGas ?? 0n;
  const tip = request.maxPriorityFeePerGas ?? 0n;
  return {
    type: 2,
    sender: request.from,
    to: request.to,
    nonce: request.nonce ?? 0n,
    gasLimit,
    maxFeePerGas,
    maxPriorityFeePerGas: tip < maxFeePerGas ? tip : maxFeePerGas,
    value: request.value,
    data: request.data,
    accessList: request.accessList,
  };
}
