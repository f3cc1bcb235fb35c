import { concatBytes, equalBytes, fromHex, toHex } from "../types/bytes.ts";
import { InvalidInput } from "../types/errors.ts";
import { type Hash, hashFromBytes } from "../types/hash.ts";

/** Non-EVM code begins with these bytes; EIP-3541 keeps EVM creations from writing any that begin with `EF`. */
export const CODE_PREFIX: Uint8Array = Uint8Array.of(0xef, 0xdc, 0x01);

/** What the byte after the prefix says. */
export const CODE_KINDS: { readonly wasm: 1; readonly php: 2; readonly container: 3 } = {
  wasm: 1,
  php: 2,
  container: 3,
};

export type CodeKind = (typeof CODE_KINDS)[keyof typeof CODE_KINDS];

/** The largest payload of each kind in bytes, before instrumentation (design, section 2). */
export const PAYLOAD_BYTES_MAX: Readonly<Record<CodeKind, number>> = {
  1: 512 * 1024,
  2: 128 * 1024,
  3: 16 * 1024,
};

/** A creation's init code, taken apart. */
export type Envelope = {
  readonly kind: CodeKind;
  readonly payload: Uint8Array;
  readonly constructorInput: Uint8Array;
};

export type InvalidEnvelope =
  | { readonly code: "ENVELOPE_TRUNCATED"; readonly length: number; readonly needed: number }
  | { readonly code: "ENVELOPE_KIND"; readonly kind: number }
  | { readonly code: "PAYLOAD_TOO_LARGE"; readonly length: number; readonly limit: number }
  | { readonly code: "PAYLOAD_EMPTY" };

const WASM_MAGIC = Uint8Array.of(0x00, 0x61, 0x73, 0x6d);
const HEADER_BYTES = 8;
const STORED_BYTES = 36;

function startsWith(bytes: Uint8Array, prefix: Uint8Array): boolean {
  return bytes.length >= prefix.length && equalBytes(bytes.subarray(0, prefix.length), prefix);
}

/** Whether init code is for one of our tiers: an envelope, or a bare WebAssembly module. */
export function isEnvelope(initCode: Uint8Array): boolean {
  return startsWith(initCode, CODE_PREFIX) || startsWith(initCode, WASM_MAGIC);
}

/**
 * Takes apart `0xEFDC01 | kind (u8) | length (u32 BE) | payload | constructor calldata`; a bare module is the
 * payload of kind 1 without constructor calldata. Throws `InvalidInput<InvalidEnvelope>`.
 */
export function decodeEnvelope(initCode: Uint8Array): Envelope {
  if (startsWith(initCode, WASM_MAGIC)) {
    return checkedEnvelope(CODE_KINDS.wasm, initCode, initCode.subarray(initCode.length));
  }
  if (initCode.length < HEADER_BYTES) throw truncated(initCode.length, HEADER_BYTES);
  const kind = initCode[3] as number;
  if (kind !== 1 && kind !== 2 && kind !== 3) {
    throw new InvalidInput<InvalidEnvelope>(
      { code: "ENVELOPE_KIND", kind },
      `the envelope's kind is ${kind}; known are 1 (WebAssembly), 2 (PHP) and 3 (container)`,
    );
  }
  const length = new DataView(initCode.buffer, initCode.byteOffset).getUint32(4);
  const end = HEADER_BYTES + length;
  if (initCode.length < end) throw truncated(initCode.length, end);
  return checkedEnvelope(kind, initCode.subarray(HEADER_BYTES, end), initCode.subarray(end));
}

function checkedEnvelope(
  kind: CodeKind,
  payload: Uint8Array,
  constructorInput: Uint8Array,
): Envelope {
  const limit = PAYLOAD_BYTES_MAX[kind];
  if (payload.length === 0) {
    throw new InvalidInput<InvalidEnvelope>(
      { code: "PAYLOAD_EMPTY" },
      "the envelope's payload is empty",
    );
  }
  if (payload.length > limit) {
    throw new InvalidInput<InvalidEnvelope>(
      { code: "PAYLOAD_TOO_LARGE", length: payload.length, limit },
      `the payload is ${payload.length} bytes; kind ${kind} takes at most ${limit}`,
    );
  }
  return { kind, payload, constructorInput };
}

function truncated(length: number, needed: number): InvalidInput<InvalidEnvelope> {
  return new InvalidInput(
    { code: "ENVELOPE_TRUNCATED", length, needed },
    `the envelope ends at byte ${length}; its header asks for ${needed}`,
  );
}

export function encodeEnvelope(
  kind: CodeKind,
  payload: Uint8Array,
  constructorInput: Uint8Array = new Uint8Array(0),
): Uint8Array {
  const header = new Uint8Array(HEADER_BYTES);
  header.set(CODE_PREFIX);
  header[3] = kind;
  new DataView(header.buffer).setUint32(4, payload.length);
  return concatBytes(header, payload, constructorInput);
}

/** What lies at the account: the prefix, the kind and the payload's hash, 36 bytes, so that no engine copies it. */
export type StoredCode = { readonly kind: CodeKind; readonly payloadHash: Hash };

export function encodeStoredCode({ kind, payloadHash }: StoredCode): Uint8Array {
  return concatBytes(CODE_PREFIX, Uint8Array.of(kind), fromHex(payloadHash));
}

/** `undefined` for EVM code and for no code. */
export function decodeStoredCode(code: Uint8Array): StoredCode | undefined {
  if (code.length !== STORED_BYTES || !startsWith(code, CODE_PREFIX)) return undefined;
  return { kind: code[3] as CodeKind, payloadHash: hashFromBytes(code.subarray(4)) };
}

/** Names a kind for people. */
export function tierOf(code: Uint8Array): "evm" | "wasm" | "container" {
  const stored = decodeStoredCode(code);
  if (stored === undefined) return "evm";
  return stored.kind === CODE_KINDS.container ? "container" : "wasm";
}

/** For messages: the first bytes of code that no tier knows. */
export function describeCode(code: Uint8Array): string {
  return code.length <= 8 ? toHex(code) : `${toHex(code.subarray(0, 8))}… (${code.length} bytes)`;
}
