import type { Address, StateView } from "@delchain/runtime";
import type { Certificate, CommittedCertificate } from "../attest/certificate.ts";
import { LEVELS } from "../attest/levels.ts";
import type { ChainSpec } from "../spec/spec.ts";
import { readFixed } from "../transition/queue.ts";

/** What blocks have fixed for a contract's first calls, out of the blocks that hold it. */
export function fixedCommitments(
  view: StateView,
  contract: Address,
  { queueAddress }: ChainSpec,
  certificatesOf: (block: bigint) => readonly Certificate[],
): readonly CommittedCertificate[] {
  return LEVELS.flatMap((level) => {
    const fixed = readFixed(view, queueAddress, contract, level);
    return fixed === undefined
      ? []
      : certificatesOf(fixed.number).filter(
          (one): one is CommittedCertificate =>
            one.kind === "committed" && one.contract === contract && one.level === level,
        );
  });
}
