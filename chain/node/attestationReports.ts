import { fromHex, type Hash } from "@delchain/runtime";
import type { ResultCertificate } from "../attest/certificate.ts";
import { committeeSeed, type Host } from "../attest/committee.ts";
import { isWeak } from "../attest/levels.ts";
import { decodeSigners } from "../attest/signers.ts";
import { findingsOf } from "../attest/statement.ts";
import type {
  AttestationReport,
  CommitteeMember,
  KnownBlock,
  MemberAttestation,
} from "../rpc/backend.ts";
import type { ChainSpec } from "../spec/spec.ts";
import { committeesOf } from "../transition/judges.ts";
import type { Attester } from "./attester.ts";
import type { ExecutorClient } from "./executorClient.ts";

type Sources = {
  readonly spec: ChainSpec;
  readonly executor: ExecutorClient;
  readonly attester: Attester;
  readonly blockByNumber: (number: bigint) => Promise<KnownBlock | undefined>;
};

/** Who judges a container call and what each has signed; `undefined` for a transaction that no block has ordered. */
export async function readAttestations(
  transaction: Hash,
  { spec, executor, attester, blockByNumber }: Sources,
): Promise<AttestationReport | undefined> {
  const location = await executor.call("orderLocation", transaction);
  if (location === undefined) return undefined;
  const { contract, number, queueIndex } = location;
  const listed = await executor.call("transactionLocation", transaction);
  const block = listed && (await blockByNumber(listed.number));
  const certificate = block
    ? block.block.certificates.find(
        (one) =>
          one.kind !== "committed" && one.contract === contract && one.orderingNumber === number,
      )
    : attester.certificateFor(contract, queueIndex);
  const randomness = await executor.call("randomness", number);
  const later = await executor.call("randomness", number + BigInt(spec.committeeSeedDelay));
  const { judges } = await executor.call("factsOf", { contract, orderedIn: number });
  const committees = committeesOf(judges, committeeSeed(randomness, later, contract), spec);
  const level = certificate?.level ?? judges.first;
  const members = committees.find((one) => one.level === level)?.members ?? [];
  const attested = isWeak(judges.hosts.length, spec.committeeSizes) ? "weak" : level;
  if (certificate && certificate.kind !== "committed") {
    return { ...attestationReport(certificate, members, listed?.number), attested };
  }
  // It waits, or was given up without a certificate.
  const orderingHash = (await blockByNumber(number))?.hash;
  if (orderingHash === undefined) return undefined;
  return {
    firstIndex: queueIndex,
    lastIndex: queueIndex,
    contract,
    orderedIn: number,
    orderingHash,
    attested,
    committee: committeeMembers(members),
    attestations: [],
    certificate: undefined,
  };
}

/** Who signed what, read out of a certificate; an agreed one has one signature for all. */
function attestationReport(
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

function committeeMembers(committee: readonly Host[]): readonly CommitteeMember[] {
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
