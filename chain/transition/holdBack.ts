import type { BlockExecution, Hash } from "@delchain/runtime";
import type { AgreedCertificate } from "../attest/certificate.ts";
import type { Committee } from "../attest/committee.ts";
import { decodeSigners } from "../attest/signers.ts";
import { findingsOf } from "../attest/statement.ts";
import type { ChainSpec } from "../spec/spec.ts";
import {
  hashFindings,
  heldUntilSlot,
  type JudgedBatch,
  judgedSlot,
  readHeldUntil,
} from "../system/challengeRegistry.ts";
import { hostId } from "../system/hostRegistry.ts";
import type { Judges } from "./judges.ts";
import { readContractQueue, stateOfCalls } from "./queue.ts";

// What few have certified may be contested, and what comes of it is held meanwhile (design, section 5).

/** A block that a certificate is applied in. */
type Applying = { readonly block: { readonly number: bigint }; readonly spec: ChainSpec };

/** Few members may be won over by chance, many are not; where no wider committee can be asked there is no challenge. */
export function mayBeContested(
  { members }: Committee,
  { hosts }: Pick<Judges, "hosts">,
  { challengeBlocks, committeeSizes }: ChainSpec,
): boolean {
  return challengeBlocks > 0n && members.length < Math.min(hosts.length, committeeSizes.strong);
}

/**
 * The block before which nothing that a certificate's calls send is delivered, messages without value too, because they
 * can move tokens; 0 for none. What many certify is held as well while it stands on what few have.
 */
export function holdBack(
  execution: BlockExecution,
  { contract }: AgreedCertificate,
  committee: Committee,
  judges: Judges,
  { block, spec }: Applying,
): bigint {
  if (spec.challengeBlocks === 0n) return 0n;
  const address = spec.challengesAddress;
  if (!mayBeContested(committee, judges, spec)) {
    const until = readHeldUntil(execution, address, contract);
    return until > block.number ? until : 0n;
  }
  const until = block.number + spec.challengeBlocks;
  execution.write({ address, slots: [heldUntilSlot(contract, until)] });
  return until;
}

/** What a certificate may be contested by, if it may be; its calls are in the queue still. */
export function judgedBatch(
  execution: Pick<BlockExecution, "storage">,
  certificate: AgreedCertificate,
  committee: Committee,
  judges: Judges,
  spec: ChainSpec,
): JudgedBatch | undefined {
  if (!mayBeContested(committee, judges, spec)) return undefined;
  const { contract, orderingNumber, calls, slots, signers } = certificate;
  const { manifestHash, firstIndex, lastIndex, preRoot } = certificate;
  const { members } = committee;
  const places = decodeSigners(signers, members.length) ?? [];
  const queue = readContractQueue(execution, spec.queueAddress, contract);
  return {
    contract,
    orderingNumber,
    manifestHash,
    firstIndex,
    lastIndex,
    preRoot,
    resourceClass: judges.resourceClass,
    findings: hashFindings(findingsOf(contract, calls, slots)),
    signers: places.flatMap((place) => {
      const member = members[place];
      return member ? [hostId(member.publicKey)] : [];
    }),
    stateAt: stateOfCalls(queue, orderingNumber),
    hosts: judges.hosts.length,
  };
}

/** Leaves what a block has certified by few, in the order of its certificates. */
export function writeJudged(
  execution: BlockExecution,
  records: readonly Hash[],
  { block, spec }: Applying,
): void {
  if (records.length === 0) return;
  const slots = [judgedSlot(block.number, records, spec)];
  execution.write({ address: spec.challengesAddress, slots });
}
