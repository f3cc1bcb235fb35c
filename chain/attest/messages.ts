import { decodeRlp, encodeRlp, fromHex, type Hash, InvalidInput } from "@delchain/runtime";
import { integerBytes, readFixedBytes, readHash, readInteger, readList } from "../tx/rlpFields.ts";
import { SIGNATURE_BYTES } from "./certificateFields.ts";
import { SALT_BYTES } from "./commitments.ts";
import { findingsFields, readFindings } from "./findingsCodec.ts";
import type { Findings } from "./statement.ts";

/** A member has found something, and binds itself to it without showing it. */
export type Commit = {
  readonly kind: "commit";
  /** Which committee's work on which batch. */
  readonly round: Hash;
  /** The member's place in the committee. */
  readonly member: number;
  readonly commitment: Hash;
  /** Over `commitmentMessage`, 96 bytes. */
  readonly signature: Uint8Array;
};

/** A member's word, shown once all commitments are fixed. */
export type Reveal = {
  readonly kind: "reveal";
  readonly round: Hash;
  readonly member: number;
  /** 32 bytes. */
  readonly salt: Uint8Array;
  readonly findings: Findings;
  /** The hash of all commitments that the member knows to be fixed. */
  readonly commitments: Hash;
  /** Over `attestationHash`, 96 bytes. */
  readonly signature: Uint8Array;
};

/** What members tell each other and whoever collects. */
export type AttestMessage = Commit | Reveal;

/** A reveal has 361 bytes at most; what is longer is none of ours and is not read. */
export const MESSAGE_BYTES_MAX = 512;

/** RLP: `[1, round, member, commitment, signature]` or `[2, round, member, salt, [findings], commitments, signature]`. */
export function encodeMessage(message: AttestMessage): Uint8Array {
  const head = [fromHex(message.round), integerBytes(BigInt(message.member))];
  if (message.kind === "commit") {
    return encodeRlp([Uint8Array.of(1), ...head, fromHex(message.commitment), message.signature]);
  }
  return encodeRlp([
    Uint8Array.of(2),
    ...head,
    message.salt,
    findingsFields(message.findings),
    fromHex(message.commitments),
    message.signature,
  ]);
}

/** Throws `InvalidInput` with `InvalidRlp`, `InvalidField`, `MESSAGE_KIND` or `MESSAGE_TOO_LARGE`. */
export function decodeMessage(bytes: Uint8Array): AttestMessage {
  if (bytes.length > MESSAGE_BYTES_MAX) {
    throw new InvalidInput(
      { code: "MESSAGE_TOO_LARGE", length: bytes.length, limit: MESSAGE_BYTES_MAX },
      `the message has ${bytes.length} bytes, over the limit of ${MESSAGE_BYTES_MAX}`,
    );
  }
  const item = decodeRlp(bytes);
  const fields = readList(item, "message", { max: 7 });
  const kind = readInteger(fields[0], "message kind", 1);
  const head = () => ({
    round: readHash(fields[1], "round"),
    member: Number(readInteger(fields[2], "member", 2)),
  });
  if (kind === 1n) {
    readList(item, "commit", 5);
    return {
      kind: "commit",
      ...head(),
      commitment: readHash(fields[3], "commitment"),
      signature: readFixedBytes(fields[4], "signature", SIGNATURE_BYTES),
    };
  }
  if (kind === 2n) {
    readList(item, "reveal", 7);
    return {
      kind: "reveal",
      ...head(),
      salt: readFixedBytes(fields[3], "salt", SALT_BYTES),
      findings: readFindings(fields[4]),
      commitments: readHash(fields[5], "commitments"),
      signature: readFixedBytes(fields[6], "signature", SIGNATURE_BYTES),
    };
  }
  throw new InvalidInput(
    { code: "MESSAGE_KIND", kind },
    `message kind ${kind}; known are 1 (commit) and 2 (reveal)`,
  );
}
