import { concatenate, fromHex, type Hex, toWord, utf8 } from "./bytes.ts";

const ERROR_SELECTOR: Hex = "0x08c379a0";
const PANIC_SELECTOR: Hex = "0x4e487b71";
/** A reason is for people; longer ones are cut. */
const REASON_BYTES_MAX = 1_024;
const WORD_BYTES = 32;

/** Solidity's panic codes that the SDK uses. */
export const PANIC = { overflow: 0x11n } as const;

/** Ends the call and undoes it; the caller sees the data. */
export class Revert extends Error {
  override readonly name = "Revert";
  readonly data: Uint8Array;

  /** With raw revert data; empty as Solidity has it for calldata that it cannot take. */
  constructor(data: Uint8Array = new Uint8Array(), message = "reverted") {
    super(message);
    this.data = data;
  }
}

/** Reverts with Solidity's `Error(string)`. */
export function revert(reason: string): never {
  throw new Revert(errorData(reason), reason);
}

/** Reverts with the reason unless the condition holds. */
export function require(condition: boolean, reason: string): asserts condition {
  if (!condition) revert(reason);
}

/** Reverts with Solidity's `Panic(uint256)`. */
export function panic(code: bigint): never {
  throw new Revert(concatenate([fromHex(PANIC_SELECTOR), toWord(code)]), `panic ${code}`);
}

/** The revert data of whatever a call threw. */
export function revertData(thrown: unknown): Uint8Array {
  if (thrown instanceof Revert) return thrown.data;
  return errorData(thrown instanceof Error ? thrown.message : String(thrown));
}

function errorData(reason: string): Uint8Array {
  const text = utf8(reason).subarray(0, REASON_BYTES_MAX);
  const padded = new Uint8Array(Math.ceil(text.length / WORD_BYTES) * WORD_BYTES);
  padded.set(text);
  const head = [fromHex(ERROR_SELECTOR), toWord(BigInt(WORD_BYTES)), toWord(BigInt(text.length))];
  return concatenate([...head, padded]);
}
