import type { Address, Hex, StateView } from "@delchain/runtime";
import type { Certificate, CommittedCertificate } from "../attest/certificate.ts";
import { LEVELS } from "../attest/levels.ts";
import type { ChainSpec } from "../spec/spec.ts";
import { readFixed } from "../transition/queue.ts";

/**
 * What blocks have fixed for a contract's first calls, or for what is contested of it, out of the blocks that hold it.
 * `key`: what QUEUE keeps it by.
 */
export function fixedCommitments(
  view: StateView,
  contract: Address,
  key: Hex,
  { queueAddress }: ChainSpec,
  certificatesOf: (block: bigint) => readonly Certificate[],
): readonly CommittedCertificate[] {
  return LEVELS.flatMap((level) => {
    const fixed = readFixed(view, queueAddress, key, level);
    return fixed === undefined
      ? []
      : certificatesOf(fixed.number).filter(
          (one): one is CommittedCertificate =>
            one.kind === "committed" && one.contract === contract && one.level === level,
        );
  });
}
