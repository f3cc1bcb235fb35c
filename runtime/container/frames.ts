import type { Address } from "../types/address.ts";
import { addressFromBytes } from "../types/address.ts";
import { bigintToBytes, bytesToBigint, concatBytes, EMPTY_BYTES } from "../types/bytes.ts";
import { InvalidInput } from "../types/errors.ts";
import { type Hash, hashFromBytes } from "../types/hash.ts";
import { decodeHostCall, encodeHostCall, type HostCall } from "./hostCall.ts";

/** What HELLO carries; another number is another protocol. */
export const PROTOCOL_VERSION = 1;

/** `u32 length | u8 type | u64 exchange`: what stands before a body. */
export const FRAME_HEAD_BYTES = 13;

const CALL_HEAD_BYTES = 176;

/** What a contract learns of its call (PROTOCOL.md, "CALL"). */
export type CallFrame = {
  readonly contract: Address;
  readonly caller: Address;
  readonly origin: Address;
  readonly value: bigint;
  readonly chainId: bigint;
  readonly blockNumber: bigint;
  readonly timestamp: bigint;
  readonly producer: Address;
  readonly seed: Hash;
  readonly gasLimit: bigint;
  readonly input: Uint8Array;
};

export type ReplyStatus = "ok" | "absent" | "refused" | "stop";
export type TrapKind = "signal" | "exit" | "start";

/** A frame in words; `exchange` is the number of the call that it belongs to. */
export type Frame = { readonly exchange: bigint } & FrameBody;
export type FrameBody =
  | { readonly type: "HELLO"; readonly version: number }
  | { readonly type: "CALL"; readonly call: CallFrame }
  | { readonly type: "HOSTCALL"; readonly hostCall: HostCall }
  | { readonly type: "HOSTREPLY"; readonly status: ReplyStatus; readonly data: Uint8Array }
  | { readonly type: "RESULT"; readonly status: "success" | "revert"; readonly output: Uint8Array }
  | { readonly type: "TRAP"; readonly kind: TrapKind; readonly detail: number };

export type InvalidFrame =
  | { readonly code: "FRAME_TOO_LARGE"; readonly length: number; readonly limit: number }
  | { readonly code: "FRAME_TOO_SHORT"; readonly length: number; readonly limit: number }
  | { readonly code: "FRAME_TYPE"; readonly type: number }
  | { readonly code: "FRAME_BODY"; readonly frame: string; readonly length: number };

const TYPES = ["", "HELLO", "CALL", "HOSTCALL", "HOSTREPLY", "RESULT", "TRAP"] as const;
const REPLIES: readonly ReplyStatus[] = ["ok", "absent", "refused", "stop"];
const RESULTS = ["success", "revert"] as const;
const TRAPS: readonly (TrapKind | undefined)[] = [undefined, "signal", "exit", "start"];

/** The whole frame, length first. */
export function encodeFrame(frame: Frame): Uint8Array {
  const body = encodeBody(frame);
  const bytes = new Uint8Array(FRAME_HEAD_BYTES + body.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, bytes.length - 4);
  view.setUint8(4, TYPES.indexOf(frame.type));
  view.setBigUint64(5, frame.exchange);
  bytes.set(body, FRAME_HEAD_BYTES);
  return bytes;
}

/**
 * Reads what follows a frame's length. Throws `InvalidInput<InvalidFrame>` for an unknown type and for a body that
 * is not exactly as PROTOCOL.md has it. The result's byte fields are views on `bytes`.
 */
export function decodeFrame(bytes: Uint8Array): Frame {
  if (bytes.length < 9) throw tooShort(bytes.length);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const type = TYPES[view.getUint8(0)];
  if (type === undefined || type === "") {
    throw new InvalidInput<InvalidFrame>(
      { code: "FRAME_TYPE", type: view.getUint8(0) },
      `frame type ${view.getUint8(0)} is unknown; known are 1 to 6`,
    );
  }
  const body = decodeBody(type, bytes.subarray(9));
  if (body === undefined) throw malformed(type, bytes.length - 9);
  return { exchange: view.getBigUint64(1), ...body };
}

export function tooShort(length: number): InvalidInput<InvalidFrame> {
  return new InvalidInput(
    { code: "FRAME_TOO_SHORT", length, limit: 9 },
    `a frame's length is ${length}; type and exchange alone are 9`,
  );
}

function malformed(frame: string, length: number): InvalidInput<InvalidFrame> {
  return new InvalidInput(
    { code: "FRAME_BODY", frame, length },
    `the ${length} bytes of a ${frame} frame are not laid out as PROTOCOL.md has it`,
  );
}

function encodeBody(frame: FrameBody): Uint8Array {
  switch (frame.type) {
    case "HELLO":
      return bigintToBytes(BigInt(frame.version), 2);
    case "CALL":
      return encodeCall(frame.call);
    case "HOSTCALL":
      return encodeHostCall(frame.hostCall);
    case "HOSTREPLY":
      return concatBytes(Uint8Array.of(REPLIES.indexOf(frame.status)), frame.data);
    case "RESULT":
      return concatBytes(Uint8Array.of(RESULTS.indexOf(frame.status)), frame.output);
    case "TRAP":
      return concatBytes(
        Uint8Array.of(TRAPS.indexOf(frame.kind)),
        bigintToBytes(BigInt(frame.detail), 4),
      );
  }
}

function decodeBody(
  type: Exclude<(typeof TYPES)[number], "">,
  body: Uint8Array,
): FrameBody | undefined {
  const first = body[0];
  const rest = body.length === 0 ? EMPTY_BYTES : body.subarray(1);
  switch (type) {
    case "HELLO":
      return body.length === 2 ? { type, version: Number(bytesToBigint(body)) } : undefined;
    case "CALL":
      return body.length < CALL_HEAD_BYTES ? undefined : { type, call: decodeCall(body) };
    case "HOSTCALL": {
      const hostCall = decodeHostCall(body);
      return hostCall && { type, hostCall };
    }
    case "HOSTREPLY": {
      const status = first === undefined ? undefined : REPLIES[first];
      return status && { type, status, data: rest };
    }
    case "RESULT": {
      const status = first === undefined ? undefined : RESULTS[first];
      return status && { type, status, output: rest };
    }
    case "TRAP": {
      const kind = first === undefined ? undefined : TRAPS[first];
      if (body.length !== 5 || kind === undefined) return undefined;
      return { type, kind, detail: Number(bytesToBigint(rest)) };
    }
  }
}

/** Written in place: every call begins with it, and joining its eleven parts took longer than the socket does. */
function encodeCall(call: CallFrame): Uint8Array {
  const bytes = Buffer.alloc(CALL_HEAD_BYTES + call.input.length);
  bytes.write(call.contract.slice(2), 0, "hex");
  bytes.write(call.caller.slice(2), 20, "hex");
  bytes.write(call.origin.slice(2), 40, "hex");
  bytes.set(bigintToBytes(call.value, 32), 60);
  bytes.writeBigUInt64BE(call.chainId, 92);
  bytes.writeBigUInt64BE(call.blockNumber, 100);
  bytes.writeBigUInt64BE(call.timestamp, 108);
  bytes.write(call.producer.slice(2), 116, "hex");
  bytes.write(call.seed.slice(2), 136, "hex");
  bytes.writeBigUInt64BE(call.gasLimit, 168);
  bytes.set(call.input, CALL_HEAD_BYTES);
  return bytes;
}

function decodeCall(body: Uint8Array): CallFrame {
  return {
    contract: addressFromBytes(body.subarray(0, 20)),
    caller: addressFromBytes(body.subarray(20, 40)),
    origin: addressFromBytes(body.subarray(40, 60)),
    value: bytesToBigint(body.subarray(60, 92)),
    chainId: bytesToBigint(body.subarray(92, 100)),
    blockNumber: bytesToBigint(body.subarray(100, 108)),
    timestamp: bytesToBigint(body.subarray(108, 116)),
    producer: addressFromBytes(body.subarray(116, 136)),
    seed: hashFromBytes(body.subarray(136, 168)),
    gasLimit: bytesToBigint(body.subarray(168, CALL_HEAD_BYTES)),
    input: body.subarray(CALL_HEAD_BYTES),
  };
}
