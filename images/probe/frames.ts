import { readFileSync } from "node:fs";

/** A frame of `runtime/container/vectors.json`: the bytes, and what they mean. */
export type Vector = { readonly name: string; readonly type: string; readonly frame: string };

const VECTORS = new URL("../../runtime/container/vectors.json", import.meta.url);

/** All frames that the protocol's vectors list. */
export function readVectors(): readonly Vector[] {
  return (JSON.parse(readFileSync(VECTORS, "utf8")) as { frames: readonly Vector[] }).frames;
}

export function vectorNamed(name: string): string {
  const found = readVectors().find((vector) => vector.name === name);
  if (found === undefined) throw new Error(`vectors.json has no frame "${name}"`);
  return found.frame;
}

export const CALL_FIELD_BYTES = 176;
/** Length, type and exchange. */
const HEADER_BYTES = 13;

/** What follows the exchange. */
export function bodyOf(frame: string): string {
  return frame.slice(2 + 2 * HEADER_BYTES);
}

export type CallFields = {
  readonly exchange: bigint;
  readonly input: string;
  readonly sender?: string;
  readonly value?: bigint;
};

/** A CALL frame put together by hand from PROTOCOL.md's table. */
export function callFrame({
  exchange,
  input,
  sender = "ca".repeat(20),
  value = 0n,
}: CallFields): string {
  const fields = [
    "c0".repeat(20),
    sender,
    "0e".repeat(20),
    hex(value, 32),
    hex(31337n, 8),
    hex(1n, 8),
    hex(1_700_000_000n, 8),
    "bb".repeat(20),
    "05".repeat(32),
    hex(1_000_000n, 8),
    input,
  ].join("");
  return frameOf(2, exchange, fields);
}

export function frameOf(type: number, exchange: bigint, body: string): string {
  return `0x${hex(BigInt(9 + body.length / 2), 4)}${hex(BigInt(type), 1)}${hex(exchange, 8)}${body}`;
}

export function hex(value: bigint, bytes: number): string {
  return value.toString(16).padStart(2 * bytes, "0");
}
