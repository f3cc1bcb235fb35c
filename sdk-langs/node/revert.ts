import { concatenate, fromHex, type Hex, toWord, utf8 } from "./bytes.ts";

const ERROR_SELECTOR: Hex = "0x08c379a0";
const PANIC_SELECTOR: Hex = "0x4e487b71";
/** A reason is for people; longer ones are cut. */
const REASON_BYTES_MAX = 1_024;
const WORD_BYTES = 32;

/** Solidity's panic codes that the SDK uses. */
export const PANIC = {
  overflow: 0x11n,
  division: 0x12n,
  enumeration: 0x21n,
  storedBytes: 0x22n,
  emptyArray: 0x31n,
  index: 0x32n,
} as const;

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

/** Reverts unless the condition holds: with a reason, or with a custom error. */
export function require(condition: boolean, otherwise: string | Revert): asserts condition {
  if (condition) return;
  if (typeof otherwise === "string") revert(otherwise);
  throw otherwise;
}

/** Reverts with Solidity's `Panic(uint256)`. */
export function panic(code: bigint): never {
  throw new Revert(panicData(code), `panic ${code}`);
}

/**
 * The revert data of whatever a call threw. What is not the contract's own revert says where it was thrown, when that lies
 * below the URL `sources`.
 */
export function revertData(thrown: unknown, sources: string): Uint8Array {
  if (thrown instanceof Revert) return thrown.data;
  if (!(thrown instanceof Error)) return errorData(textOf(() => String(thrown)));
  const { message, stack } = thrown;
  if (thrown instanceof RangeError && message === "Division by zero")
    return panicData(PANIC.division);
  const place = placeOf(
    textOf(() => String(stack)),
    sources,
  );
  return errorData(`${textOf(() => String(message))}${place === undefined ? "" : ` (${place})`}`);
}

/** `file:line` of the innermost frame in the contract's own files, else in a package's. */
function placeOf(stack: string, sources: string): string | undefined {
  const places = stack.split("\n").flatMap((line) => {
    const at = line.indexOf(sources);
    const [, place] =
      at < 0 ? [] : (/^(.+:\d+):\d+\)?$/.exec(line.slice(at + sources.length)) ?? []);
    return place === undefined ? [] : [place];
  });
  return places.find((place) => !place.startsWith("node_modules/")) ?? places[0];
}

/** A contract may throw what throws when it is read. */
function textOf(read: () => string): string {
  try {
    return read();
  } catch {
    return "an exception that is no text";
  }
}

function panicData(code: bigint): Uint8Array {
  return concatenate([fromHex(PANIC_SELECTOR), toWord(code)]);
}

function errorData(reason: string): Uint8Array {
  const text = utf8(reason).subarray(0, REASON_BYTES_MAX);
  const padded = new Uint8Array(Math.ceil(text.length / WORD_BYTES) * WORD_BYTES);
  padded.set(text);
  const head = [fromHex(ERROR_SELECTOR), toWord(BigInt(WORD_BYTES)), toWord(BigInt(text.length))];
  return concatenate([...head, padded]);
}
