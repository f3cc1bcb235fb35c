import type { Frame } from "../host/api.ts";
import { assert } from "../types/errors.ts";
import type { Engine } from "./engine.ts";
import type { Pointer } from "./engineExports.ts";
import { copyBytes, readAddress, readWord } from "./wire.ts";

// Offsets of `HostRequest` (engine/src/host_frame.rs).
const KIND = 0;
const IS_STATIC = 4;
const DEPTH = 8;
const INPUT = 12;
const CODE = 20;
const TRANSACTION = 28;
const GAS = 32;
const TARGET = 40;
const CALLER = 60;
const CODE_ADDRESS = 80;
const VALUE = 100;

/** A frame of another tier, copied out of the engine's memory. */
export type HostRequest = {
  readonly frame: Frame;
  /** The stored code, or the init code of a creation. */
  readonly code: Uint8Array;
  readonly gas: number;
  /** Which transaction of the running batch it belongs to. */
  readonly transactionIndex: number;
};

export function readHostRequest({ memory }: Engine, request: Pointer): HostRequest {
  const bytesAt = (offset: number) =>
    copyBytes(
      memory,
      memory.readUInt32LE(request + offset),
      memory.readUInt32LE(request + offset + 4),
    );
  const gas = memory.readBigUInt64LE(request + GAS);
  // The transaction gas cap holds it to 31 bits, which is what the exports for host frames take.
  assert(gas < 2n ** 31n, `a frame's gas ${gas} fits 31 bits`);
  const isCreate = memory.readUInt32LE(request + KIND) === 1;
  return {
    frame: {
      target: readAddress(memory, request + TARGET),
      caller: readAddress(memory, request + CALLER),
      codeAddress: readAddress(memory, request + (isCreate ? TARGET : CODE_ADDRESS)),
      value: readWord(memory, request + VALUE),
      input: bytesAt(INPUT),
      isStatic: memory.readUInt32LE(request + IS_STATIC) === 1,
      depth: memory.readUInt32LE(request + DEPTH),
      isCreate,
    },
    code: bytesAt(CODE),
    gas: Number(gas),
    transactionIndex: memory.readUInt32LE(request + TRANSACTION),
  };
}

/** Answers the request: what is left, and what the frame returned, or why it halted. */
export function answerHostRequest(
  engine: Engine,
  request: Pointer,
  gasLeft: number,
  output: Uint8Array,
): void {
  const room = engine.exports.return_alloc(output.length);
  engine.memory.set(output, room);
  engine.memory.writeBigUInt64LE(BigInt(gasLeft), request + GAS);
}
