import { GuestFault } from "../wasm/guestFrame.ts";
import type { Interpreter } from "./interpreter.ts";
import { PHP_PRICES } from "./prices.ts";

/** A `zend_string` keeps its length in the word before its first byte. */
const LENGTH_BYTES = 4;

/**
 * PHP's `post_message_to_js(string): string`. It passes a C string; what it points into is PHP's own string, so that
 * bytes of any value come through. The answer lies in memory that PHP frees.
 */
export function answerMessage(guest: Interpreter, text: number, answerAt: number): number {
  guest.charge(PHP_PRICES.message);
  const length = guest.readU32(text - LENGTH_BYTES);
  const answer = guest.surroundings.message(guest.read(text, length), guest);
  const pointer = guest.exports.malloc(answer.length + 1);
  if (pointer === 0) throw new GuestFault("no memory for the host's answer");
  guest.write(pointer, answer);
  guest.write(pointer + answer.length, Uint8Array.of(0));
  guest.writeU32(answerAt, pointer);
  return answer.length;
}
