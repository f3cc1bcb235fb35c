import { type BlockExecution, InvalidInput } from "@delchain/runtime";
import type { CommittedCertificate } from "../attest/certificate.ts";
import { commitmentsHash, isFixedByBlock } from "../attest/commitments.ts";
import type { Level } from "../attest/levels.ts";
import { roundId } from "../attest/statement.ts";
import { verifyCertificate } from "../attest/verifyCertificate.ts";
import { batchEntries, type CertificateContext, checkPlace } from "./applyCertificate.ts";
import { readFixed, writeFixed } from "./queue.ts";
import { challengeKey, challengeOf, checkChallengePlace } from "./verdict.ts";

export type InvalidCommitments =
  | { readonly code: "NEEDS_NO_BLOCK"; readonly level: Level }
  | { readonly code: "COMMITTED_ALREADY"; readonly number: bigint };

/**
 * Fixes what a committee's members have committed to: from this block on nobody joins them. A second list is taken
 * only for fewer calls, when the members have halved the batch. Throws `InvalidInput` and changes nothing.
 */
export function fixCommitments(
  execution: BlockExecution,
  certificate: CommittedCertificate,
  context: CertificateContext & { readonly block: { readonly number: bigint } },
): void {
  const { contract, level, lastIndex, commitments } = certificate;
  const { spec, block, bls } = context;
  const challenge = challengeOf(execution, certificate, spec);
  if (challenge === undefined) batchEntries(execution, certificate, spec);
  const committees = challenge
    ? checkChallengePlace(certificate, challenge, context)
    : checkPlace(certificate, context).committees;
  const key = challenge ? challengeKey(contract) : contract;
  const { chainId } = spec;
  const facts = { chainId, committees, fixedAt: () => undefined, isRevealOver: () => false, bls };
  const committee = verifyCertificate(certificate, facts);
  if (!isFixedByBlock(committee)) {
    throw new InvalidInput<InvalidCommitments>(
      { code: "NEEDS_NO_BLOCK", level },
      `all ${committee.quorum} members of level ${level} must agree; their commitments need no block`,
    );
  }
  const fixed = readFixed(execution, spec.queueAddress, key, level);
  if (fixed !== undefined && fixed.lastIndex <= lastIndex) {
    throw new InvalidInput<InvalidCommitments>(
      { code: "COMMITTED_ALREADY", number: fixed.number },
      `block ${fixed.number} fixed the commitments of level ${level} up to call ${fixed.lastIndex}`,
    );
  }
  const hash = commitmentsHash(roundId(chainId, certificate, level), commitments);
  const { number } = block;
  writeFixed(execution, spec.queueAddress, key, level, { hash, lastIndex, number });
}
