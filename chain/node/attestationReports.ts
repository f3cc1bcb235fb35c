import { fromHex, type Hash } from "@delchain/runtime";
import type { ResultCertificate } from "../attest/certificate.ts";
import type { Host } from "../attest/committee.ts";
import { decodeSigners } from "../attest/signers.ts";
import { findingsOf } from "../attest/statement.ts";
import type { AttestationReport, CommitteeMember, MemberAttestation } from "../rpc/backend.ts";

/** Who signed what, read out of a certificate; an agreed one has one signature for all. */
export function attestationReport(
  certificate: ResultCertificate,
  committee: readonly Host[],
  block: bigint | undefined,
): Omit<AttestationReport, "attested"> {
  const { contract, orderingNumber, orderingHash, firstIndex, lastIndex } = certificate;
  return {
    contract,
    orderedIn: orderingNumber,
    orderingHash,
    firstIndex,
    lastIndex,
    committee: committeeMembers(committee),
    attestations: attestationsOf(certificate, committee.length),
    certificate: block === undefined ? undefined : { block, certificate },
  };
}

export function committeeMembers(committee: readonly Host[]): readonly CommitteeMember[] {
  return committee.map(({ publicKey }, member) => ({ member, publicKey: fromHex(publicKey) }));
}

function attestationsOf(
  certificate: ResultCertificate,
  committee: number,
): readonly MemberAttestation[] {
  if (certificate.kind === "diverged") return certificate.attestations;
  const findings = findingsOf(certificate.contract, certificate.calls, certificate.slots);
  const members = decodeSigners(certificate.signers, committee) ?? [];
  const { numbers, signature } = certificate;
  return members.map((member, i) => {
    const number = numbers[i];
    return { member, ...findings, ...(number !== undefined && { number }), signature };
  });
}

/** What all of a certificate's members say of the results; `undefined` when they differ. */
export function agreedResults(certificate: ResultCertificate): Hash | undefined {
  if (certificate.kind === "diverged") return undefined;
  return findingsOf(certificate.contract, certificate.calls, certificate.slots).resultsHash;
}
