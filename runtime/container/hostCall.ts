import { type Address, addressFromBytes } from "../types/address.ts";
import { bigintToBytes, bytesToBigint, concatBytes, EMPTY_BYTES, fromHex } from "../types/bytes.ts";
import { type Hash, hashFromBytes } from "../types/hash.ts";
import { LOG_TOPICS_MAX } from "./limits.ts";

/** What a contract asks of its host (PROTOCOL.md, "HOSTCALL"). */
export type HostCall =
  | { readonly operation: "storageGet"; readonly slot: Hash }
  | { readonly operation: "storagePut"; readonly slot: Hash; readonly value: Hash }
  | { readonly operation: "get" | "delete"; readonly key: Uint8Array }
  | { readonly operation: "put"; readonly key: Uint8Array; readonly value: Uint8Array }
  | { readonly operation: "log"; readonly topics: readonly Hash[]; readonly data: Uint8Array }
  | { readonly operation: "keccak256" | "sha256"; readonly data: Uint8Array }
  | { readonly operation: "balance"; readonly address: Address }
  | { readonly operation: "gasLeft" }
  | { readonly operation: "debug"; readonly text: string }
  | {
      readonly operation: "send";
      readonly to: Address;
      readonly value: bigint;
      readonly gas: bigint;
      readonly callbackGas: bigint;
      readonly input: Uint8Array;
    }
  | {
      readonly operation: "range";
      readonly atMost: number;
      /** The first key, itself included; empty for the contract's first. */
      readonly from: Uint8Array;
      /** The first key that is none of them; empty for no end. */
      readonly end: Uint8Array;
    };

const OPERATIONS = [
  "",
  "storageGet",
  "storagePut",
  "get",
  "put",
  "delete",
  "log",
  "keccak256",
  "sha256",
  "balance",
  "gasLeft",
  "debug",
  "send",
  "range",
] as const;

const SEND_HEAD_BYTES = 68;
const RANGE_HEAD_BYTES = 4;

/** The body of a HOSTCALL frame. */
export function encodeHostCall(hostCall: HostCall): Uint8Array {
  const operation = Uint8Array.of(OPERATIONS.indexOf(hostCall.operation));
  return concatBytes(operation, encodeArguments(hostCall));
}

function encodeArguments(call: HostCall): Uint8Array {
  switch (call.operation) {
    case "storageGet":
      return fromHex(call.slot);
    case "storagePut":
      return concatBytes(fromHex(call.slot), fromHex(call.value));
    case "get":
    case "delete":
      return call.key;
    case "put":
      return concatBytes(bigintToBytes(BigInt(call.key.length), 2), call.key, call.value);
    case "log":
      return concatBytes(Uint8Array.of(call.topics.length), ...call.topics.map(fromHex), call.data);
    case "keccak256":
    case "sha256":
      return call.data;
    case "balance":
      return fromHex(call.address);
    case "gasLeft":
      return EMPTY_BYTES;
    case "debug":
      return new TextEncoder().encode(call.text);
    case "send":
      return concatBytes(
        fromHex(call.to),
        bigintToBytes(call.value, 32),
        bigintToBytes(call.gas, 8),
        bigintToBytes(call.callbackGas, 8),
        call.input,
      );
    case "range":
      return concatBytes(
        bigintToBytes(BigInt(call.atMost), 2),
        bigintToBytes(BigInt(call.from.length), 2),
        call.from,
        call.end,
      );
  }
}

/** Bytes of a host call whose number the contract chooses; what copying it is priced by. */
export function payloadBytes(call: HostCall): number {
  switch (call.operation) {
    case "get":
    case "delete":
      return call.key.length;
    case "put":
      return call.key.length + call.value.length;
    case "log":
    case "keccak256":
    case "sha256":
      return call.data.length;
    case "debug":
      return call.text.length;
    case "send":
      return call.input.length;
    case "range":
      return call.from.length + call.end.length;
    default:
      return 0;
  }
}

/** `undefined` when the body is not laid out as PROTOCOL.md has it; limits are the host's to check. */
export function decodeHostCall(body: Uint8Array): HostCall | undefined {
  const operation = OPERATIONS[body[0] ?? 0];
  const rest = body.subarray(1);
  switch (operation) {
    case undefined:
    case "":
      return undefined;
    case "storageGet":
      return rest.length === 32 ? { operation, slot: hashFromBytes(rest) } : undefined;
    case "storagePut":
      if (rest.length !== 64) return undefined;
      return {
        operation,
        slot: hashFromBytes(rest.subarray(0, 32)),
        value: hashFromBytes(rest.subarray(32)),
      };
    case "get":
    case "delete":
      return { operation, key: rest };
    case "put":
      return decodePut(rest);
    case "log":
      return decodeLog(rest);
    case "keccak256":
    case "sha256":
      return { operation, data: rest };
    case "balance":
      return rest.length === 20 ? { operation, address: addressFromBytes(rest) } : undefined;
    case "gasLeft":
      return rest.length === 0 ? { operation } : undefined;
    case "debug":
      // Bytes that are no UTF-8 become U+FFFD: debug text reaches people only.
      return { operation, text: new TextDecoder().decode(rest) };
    case "send":
      return decodeSend(rest);
    case "range":
      return decodeRange(rest);
  }
}

function decodePut(rest: Uint8Array): HostCall | undefined {
  if (rest.length < 2) return undefined;
  const end = 2 + Number(bytesToBigint(rest.subarray(0, 2)));
  if (rest.length < end) return undefined;
  return { operation: "put", key: rest.subarray(2, end), value: rest.subarray(end) };
}

function decodeLog(rest: Uint8Array): HostCall | undefined {
  const count = rest[0];
  if (count === undefined || count > LOG_TOPICS_MAX) return undefined;
  const end = 1 + 32 * count;
  if (rest.length < end) return undefined;
  const topics: Hash[] = [];
  for (let at = 1; at < end; at += 32) topics.push(hashFromBytes(rest.subarray(at, at + 32)));
  return { operation: "log", topics, data: rest.subarray(end) };
}

function decodeSend(rest: Uint8Array): HostCall | undefined {
  if (rest.length < SEND_HEAD_BYTES) return undefined;
  return {
    operation: "send",
    to: addressFromBytes(rest.subarray(0, 20)),
    value: bytesToBigint(rest.subarray(20, 52)),
    gas: bytesToBigint(rest.subarray(52, 60)),
    callbackGas: bytesToBigint(rest.subarray(60, SEND_HEAD_BYTES)),
    input: rest.subarray(SEND_HEAD_BYTES),
  };
}

function decodeRange(rest: Uint8Array): HostCall | undefined {
  if (rest.length < RANGE_HEAD_BYTES) return undefined;
  const end = RANGE_HEAD_BYTES + Number(bytesToBigint(rest.subarray(2, RANGE_HEAD_BYTES)));
  if (rest.length < end) return undefined;
  const atMost = Number(bytesToBigint(rest.subarray(0, 2)));
  return {
    operation: "range",
    atMost,
    from: rest.subarray(RANGE_HEAD_BYTES, end),
    end: rest.subarray(end),
  };
}
