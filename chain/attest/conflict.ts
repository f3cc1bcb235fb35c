import { fromHex, type Hash, type Hex, InvalidInput } from "@delchain/runtime";
import type { Bls } from "./bls.ts";
import type { Batch } from "./certificate.ts";
import { commitmentMessage } from "./commitments.ts";
import type { Level } from "./levels.ts";
import { attestationHash, type Findings, roundId, statementHash } from "./statement.ts";

/** What a member signed when it revealed. */
export type SignedWord = Findings & {
  readonly commitments: Hash;
  readonly signature: Uint8Array;
};

export type SignedCommitment = { readonly commitment: Hash; readonly signature: Uint8Array };

/**
 * One host said two things about the same batch at the same level: two results, the same result over two lists of
 * commitments, or two commitments. A host that writes down what it says before it sends it never does.
 */
export type ConflictingAttestations = {
  readonly publicKey: Hex;
  readonly batch: Batch;
  readonly level: Level;
} & (
  | { readonly what: "word"; readonly left: SignedWord; readonly right: SignedWord }
  | {
      readonly what: "commitment";
      readonly left: SignedCommitment;
      readonly right: SignedCommitment;
    }
);

export type InvalidConflict =
  | { readonly code: "SAME_WORD" }
  | { readonly code: "BAD_SIGNATURE"; readonly side: "left" | "right" };

/** Throws `InvalidInput<InvalidConflict>` unless the host did sign both, and they differ. */
export function verifyConflict(conflict: ConflictingAttestations, chainId: bigint, bls: Bls): void {
  const [left, right] = messagesOf(conflict, chainId);
  if (left === right) {
    throw new InvalidInput<InvalidConflict>({ code: "SAME_WORD" }, "both sides say the same");
  }
  const key = fromHex(conflict.publicKey);
  const sides = [
    ["left", left],
    ["right", right],
  ] as const;
  for (const [side, message] of sides) {
    if (bls.verifyAggregate([key], fromHex(message), conflict[side].signature)) continue;
    throw new InvalidInput<InvalidConflict>(
      { code: "BAD_SIGNATURE", side },
      `${conflict.publicKey} did not sign the ${side} side`,
    );
  }
}

function messagesOf(conflict: ConflictingAttestations, chainId: bigint): readonly [Hash, Hash] {
  const round = roundId(chainId, conflict.batch, conflict.level);
  if (conflict.what === "commitment") {
    const message = ({ commitment }: SignedCommitment) => commitmentMessage(round, commitment);
    return [message(conflict.left), message(conflict.right)];
  }
  const message = (word: SignedWord) =>
    attestationHash(statementHash(round, word), word.commitments);
  return [message(conflict.left), message(conflict.right)];
}
