import { createHash } from "node:crypto";
import { refuse } from "./refusal.ts";

/** The pieces, and at their end a refusal unless their SHA-256 is this (64 hex digits). */
export async function* verifiedPieces(
  pieces: AsyncIterable<Uint8Array>,
  expected: string,
  remedy: string = "fetch it again",
): AsyncGenerator<Uint8Array> {
  const sum = createHash("sha256");
  for await (const piece of pieces) {
    sum.update(piece);
    yield piece;
  }
  const found = sum.digest("hex");
  if (found === expected) return;
  refuse(
    "digest",
    `a part of it has the SHA-256 ${found} and is called ${expected}; it is damaged or another one: ${remedy}`,
  );
}
