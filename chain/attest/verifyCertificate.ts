import { fromHex, InvalidInput } from "@delchain/runtime";
import type { Bls } from "./bls.ts";
import type { AgreedCertificate, DivergedCertificate, ResultCertificate } from "./certificate.ts";
import type { Host } from "./committee.ts";
import { decodeSigners } from "./signers.ts";
import { findingsOf, statementHash } from "./statement.ts";

export type InvalidCertificate =
  | { readonly code: "SIGNERS_NOT_CANONICAL"; readonly committee: number }
  | { readonly code: "NOT_ENOUGH_SIGNERS"; readonly signers: number; readonly needed: number }
  | { readonly code: "BAD_SIGNATURE" }
  | { readonly code: "NO_CONFLICT" };

/** How many of a committee must say the same: all of them on the fast path. */
export function agreementOf(committee: number): number {
  return committee;
}

/**
 * Checks who signed what, and nothing of the state: a node without any container engine can do it. Throws
 * `InvalidInput<InvalidCertificate>`.
 */
export function verifyCertificate(
  certificate: ResultCertificate,
  committee: readonly Host[],
  chainId: bigint,
  bls: Bls,
): void {
  if (certificate.kind === "agreed") verifyAgreed(certificate, committee, chainId, bls);
  else verifyDiverged(certificate, committee, chainId, bls);
}

function verifyAgreed(
  certificate: AgreedCertificate,
  committee: readonly Host[],
  chainId: bigint,
  bls: Bls,
): void {
  const members = decodeSigners(certificate.signers, committee.length);
  if (members === undefined) {
    throw new InvalidInput<InvalidCertificate>(
      { code: "SIGNERS_NOT_CANONICAL", committee: committee.length },
      `the signers' bitmap is not canonical for a committee of ${committee.length}`,
    );
  }
  const needed = agreementOf(committee.length);
  if (members.length < needed || needed === 0) {
    throw new InvalidInput<InvalidCertificate>(
      { code: "NOT_ENOUGH_SIGNERS", signers: members.length, needed },
      `${members.length} of ${committee.length} members signed; ${needed} are needed`,
    );
  }
  const findings = findingsOf(certificate.contract, certificate.calls, certificate.slots);
  const message = fromHex(statementHash(chainId, certificate, findings));
  const keys = members.map((member) => publicKey(committee, member));
  if (!bls.verifyAggregate(keys, message, certificate.signature)) throw badSignature();
}

/** Disagreement is proved by two members' signatures under different findings. */
function verifyDiverged(
  certificate: DivergedCertificate,
  committee: readonly Host[],
  chainId: bigint,
  bls: Bls,
): void {
  const seen = new Set<number>();
  const statements = new Set<string>();
  for (const attestation of certificate.attestations) {
    const { member } = attestation;
    if (member >= committee.length || seen.has(member)) {
      throw new InvalidInput<InvalidCertificate>(
        { code: "SIGNERS_NOT_CANONICAL", committee: committee.length },
        `member ${member} is named twice or is not of the committee of ${committee.length}`,
      );
    }
    seen.add(member);
    const statement = statementHash(chainId, certificate, attestation);
    statements.add(statement);
    const key = publicKey(committee, member);
    if (!bls.verifyAggregate([key], fromHex(statement), attestation.signature)) {
      throw badSignature();
    }
  }
  if (statements.size < 2) {
    throw new InvalidInput<InvalidCertificate>(
      { code: "NO_CONFLICT" },
      "a certificate of divergence needs two members' different statements",
    );
  }
}

function publicKey(committee: readonly Host[], member: number): Uint8Array {
  return fromHex((committee[member] as Host).publicKey);
}

function badSignature(): InvalidInput<InvalidCertificate> {
  return new InvalidInput({ code: "BAD_SIGNATURE" }, "the certificate's signature does not verify");
}
