import { exit_early, write_result } from "./host";

/** Solidity's panic codes. */
export const PANIC_OVERFLOW: u8 = 0x11;
export const PANIC_DIVISION: u8 = 0x12;
export const PANIC_EMPTY_ARRAY: u8 = 0x31;
export const PANIC_INDEX: u8 = 0x32;

const STATUS_REVERT: i32 = 1;

/** Ends the call and undoes it; the caller sees the data. */
export function revertData(start: usize, length: i32): void {
  write_result(start, length);
  exit_early(STATUS_REVERT);
  unreachable();
}

/** As Solidity does when calldata does not decode, a selector is unknown or value is not expected. */
export function revertEmpty(): void {
  revertData(0, 0);
}

/** Reverts with Solidity's `Error(string)`. */
export function revert(reason: string): void {
  const length = String.UTF8.byteLength(reason);
  const total = 68 + ((length + 31) & ~31);
  const data = heap.alloc(total);
  memory.fill(data, 0, total);
  store<u32>(data, bswap<u32>(0x08c379a0));
  store<u8>(data, 32, 4 + 31);
  store<u32>(data, bswap<u32>(length), 4 + 60);
  String.UTF8.encodeUnsafe(changetype<usize>(reason), reason.length, data + 68);
  revertData(data, total);
}

export function require(condition: bool, reason: string): void {
  if (!condition) revert(reason);
}

/** Reverts with Solidity's `Panic(uint256)`. */
export function panic(code: u8): void {
  const data = heap.alloc(36);
  memory.fill(data, 0, 36);
  store<u32>(data, bswap<u32>(0x4e487b71));
  store<u8>(data, code, 35);
  revertData(data, 36);
}

/** Reverts with a custom error: an instance of an `@error` class. */
export function fail<T>(error: T): void {
  // @ts-ignore: the transform writes this method.
  error.revertWithSelector();
}

/** What the language's own checks call: index out of range, failed assertion, no memory. The reason says where. */
export function abort(message: string | null, file: string | null, line: u32, column: u32): void {
  const what = message ? message : "abort";
  const where = file ? file : "?";
  revert(what + " (" + where + ":" + line.toString() + ":" + column.toString() + ")");
}
