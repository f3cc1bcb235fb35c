import { concatenate, utf8 } from "./bytes.ts";

// A string of the ABI may hold bytes that are no UTF-8, and Solidity passes them on. So that they come back as they
// were, each such byte stands in a text as half a surrogate pair, U+DC80 to U+DCFF (PEP 383).

const ESCAPE = 0xdc00;
const FIRST_ESCAPED = 0x80;
const LAST_ESCAPED = 0xff;
const DECODER = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

export function decodeText(data: Uint8Array): string {
  return strictText(data) ?? escapedText(data);
}

/** Half a surrogate pair that stands for no byte becomes U+FFFD, as everywhere. */
export function encodeText(text: string): Uint8Array {
  if (text.isWellFormed()) return utf8(text);
  return concatenate(
    [...text].map((character) => {
      const byte = (character.codePointAt(0) ?? 0) - ESCAPE;
      const isEscaped = byte >= FIRST_ESCAPED && byte <= LAST_ESCAPED;
      return isEscaped ? Uint8Array.of(byte) : utf8(character);
    }),
  );
}

function strictText(data: Uint8Array): string | undefined {
  try {
    return DECODER.decode(data);
  } catch {
    return undefined;
  }
}

function escapedText(data: Uint8Array): string {
  let text = "";
  for (let at = 0; at < data.length; ) {
    const lead = data[at] ?? 0;
    const length = sequenceLength(lead);
    const character = strictText(data.subarray(at, at + length));
    text += character ?? String.fromCharCode(ESCAPE + lead);
    at += character === undefined ? 1 : length;
  }
  return text;
}

/** How many bytes a character has that begins so. */
function sequenceLength(lead: number): number {
  if (lead < 0xc0) return 1;
  if (lead < 0xe0) return 2;
  return lead < 0xf0 ? 3 : 4;
}
