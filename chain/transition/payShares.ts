import type { Address, BlockExecution } from "@delchain/runtime";
import type { ResultCertificate } from "../attest/certificate.ts";
import type { Committee } from "../attest/committee.ts";
import { decodeSigners } from "../attest/signers.ts";
import { addBalance } from "./moveValue.ts";

/** The members who said what counts: dissenters and the absent earn nothing. */
export function payeesOf(
  certificate: ResultCertificate,
  { members }: Committee,
): readonly Address[] {
  const places =
    certificate.kind === "agreed"
      ? (decodeSigners(certificate.signers, members.length) ?? [])
      : certificate.attestations.map(({ member }) => member);
  return places.map((place) => members[place]?.payout as Address);
}

/** Equal shares; the first gets what does not divide. */
export function payShares(
  execution: BlockExecution,
  payees: readonly Address[],
  amount: bigint,
): void {
  const share = amount / BigInt(payees.length);
  const rest = amount - share * BigInt(payees.length);
  payees.forEach((payee, i) => {
    addBalance(execution, payee, i === 0 ? share + rest : share);
  });
}
