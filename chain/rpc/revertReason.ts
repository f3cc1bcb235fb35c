import { bytesToBigint } from "@delchain/runtime";

const ERROR_SELECTOR = "08c379a0";
const PANIC_SELECTOR = "4e487b71";

// Longer reasons are cut in messages; the data holds them whole.
const REASON_CHARACTERS_MAX = 1_024;

/** Solidity's panic codes (Solidity documentation, "Panic via assert and Error via require"), worded as geth does. */
const PANICS: ReadonlyMap<bigint, string> = new Map([
  [0x00n, "generic panic"],
  [0x01n, "assert(false)"],
  [0x11n, "arithmetic underflow or overflow"],
  [0x12n, "division or modulo by zero"],
  [0x21n, "enum overflow"],
  [0x22n, "invalid encoded storage byte array accessed"],
  [0x31n, "out-of-bounds array access; popping on an empty array"],
  [0x32n, "out-of-bounds access of an array or bytesN"],
  [0x41n, "out of memory"],
  [0x51n, "uninitialized function"],
]);

/** The text of Solidity's `Error(string)` or `Panic(uint256)`; `undefined` for anything else, never a throw. */
export function decodeRevertReason(data: Uint8Array): string | undefined {
  if (data.length < 36) return undefined;
  const selector = Buffer.from(data.subarray(0, 4)).toString("hex");
  const body = data.subarray(4);
  if (selector === PANIC_SELECTOR) {
    const code = bytesToBigint(body.subarray(0, 32));
    return PANICS.get(code) ?? `unknown panic code: 0x${code.toString(16)}`;
  }
  return selector === ERROR_SELECTOR ? decodeString(body) : undefined;
}

/** One ABI-encoded `string` (Contract ABI specification, dynamic types). */
function decodeString(body: Uint8Array): string | undefined {
  const offset = bytesToBigint(body.subarray(0, 32));
  if (offset + 32n > BigInt(body.length)) return undefined;
  const start = Number(offset) + 32;
  const length = bytesToBigint(body.subarray(start - 32, start));
  if (length > BigInt(body.length - start)) return undefined;
  const text = Buffer.from(body.subarray(start, start + Number(length))).toString("utf8");
  return text.length > REASON_CHARACTERS_MAX ? `${text.slice(0, REASON_CHARACTERS_MAX)}…` : text;
}
