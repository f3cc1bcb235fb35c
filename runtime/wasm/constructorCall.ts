import { concatBytes, equalBytes } from "../types/bytes.ts";
import { keccak256Bytes } from "../types/hash.ts";

/** The function under which stylus-sdk 0.9 and later keep a contract's constructor. */
const STYLUS_CONSTRUCTOR: Uint8Array = keccak256Bytes(
  new TextEncoder().encode("stylus_constructor()"),
).slice(0, 4);

const WORD_BYTES = 32;

/**
 * The calldata with which a module without `user_constructor` is called while it is created. Tools append bare
 * ABI-encoded arguments, and stylus-sdk waits for a call of `stylus_constructor` with them: its selector is put in
 * front, unless it is there. Nothing appended runs nothing (`undefined`), so a stylus-sdk constructor without
 * parameters is run by appending the selector alone.
 */
export function constructorCall(appended: Uint8Array): Uint8Array | undefined {
  if (appended.length === 0) return undefined;
  const isCall =
    appended.length % WORD_BYTES === STYLUS_CONSTRUCTOR.length &&
    equalBytes(appended.subarray(0, STYLUS_CONSTRUCTOR.length), STYLUS_CONSTRUCTOR);
  return isCall ? appended : concatBytes(STYLUS_CONSTRUCTOR, appended);
}
