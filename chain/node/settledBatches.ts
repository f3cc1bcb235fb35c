import { type Address, assert, type Hash, InvalidInput, type StateView } from "@delchain/runtime";
import type { AgreedCertificate } from "../attest/certificate.ts";
import type { ExecutedBlock } from "../block/block.ts";
import type { ChallengeReport } from "../rpc/backend.ts";
import type { ChainSpec } from "../spec/spec.ts";
import {
  type Contestable,
  hashJudged,
  type JudgedBatch,
  readChallenge,
  readChallengeBond,
  readContested,
} from "../system/challengeRegistry.ts";
import { type CertificateContext, checkPlace } from "../transition/applyCertificate.ts";
import { judgedBatch } from "../transition/holdBack.ts";
import { judgesOf, termsOf } from "../transition/judges.ts";
import { challengeKey, challengeOf } from "../transition/verdict.ts";
import type { ContractFacts } from "./contractFacts.ts";
import { fixedCommitments } from "./fixedCommitments.ts";
import type { OrderingBlock, PendingBatch, PendingCall } from "./pendingBatch.ts";
import type { Contested, ContestedBatch } from "./verdicts.ts";

/** Where blocks and states are read from. */
export type Blocks = Pick<CertificateContext, "ancestor"> & {
  readonly head: bigint;
  /** A block at or before the head, with its hash. */
  readonly block: (number: bigint) => ExecutedBlock & { readonly hash: Hash };
  /** Throws `STATE_PRUNED` for one that is not kept. */
  readonly viewAt: (number: bigint) => StateView;
};

/** All that is contested at a state. */
export function contestedAt(
  view: Pick<StateView, "storage">,
  { challengeBlocks, challengesAddress }: ChainSpec,
): readonly Contested[] {
  if (challengeBlocks === 0n) return [];
  return readContested(view, challengesAddress).flatMap((contract) => {
    const challenge = readChallenge(view, challengesAddress, contract);
    return challenge
      ? [{ contract, openedIn: challenge.openedIn, firstIndex: challenge.firstIndex }]
      : [];
  });
}

/** A settled batch as its first judges had it, to be run again. */
export type SettledBatch = { readonly pending: PendingBatch; readonly facts: ContractFacts };

/** What is contested of a contract at the head. */
export function contestedBatch(blocks: Blocks, contract: Address, spec: ChainSpec): ContestedBatch {
  const view = blocks.viewAt(blocks.head);
  const challenge = readChallenge(view, spec.challengesAddress, contract);
  if (challenge === undefined) {
    const text = `nothing of ${contract} is contested`;
    throw new InvalidInput({ code: "NOT_CONTESTED", contract }, text);
  }
  const { openedIn, judgedIn } = challenge;
  const { pending, facts } = settledBatch(blocks, judgedIn, challenge, spec);
  const { hash, block } = blocks.block(openedIn);
  const fixed = fixedCommitments(
    view,
    contract,
    challengeKey(contract),
    spec,
    (number) => blocks.block(number).block.certificates,
  );
  const judges = judgesOf(view, challenge.manifestHash, openedIn, spec);
  return {
    pending: { ...pending, again: { number: openedIn, hash } },
    facts: {
      ...facts,
      judges: { ...judges, first: "strong" },
      fixed: fixed.filter((one) => one.orderingNumber === openedIn),
    },
    randomness: block.header.mixHash,
  };
}

/** What block `number` has settled with few judges, with what it may be contested by. */
export function auditableBatches(
  blocks: Blocks,
  number: bigint,
  spec: ChainSpec,
): readonly (SettledBatch & { readonly contestable: Contestable })[] {
  const judged = judgedIn(blocks, number, spec);
  const records = judged.map(hashJudged);
  return judged.map((one) => ({
    ...settledBatch(blocks, number, one, spec),
    contestable: { number, judged: one, records },
  }));
}

/** What the certificate over a call may be contested by; `undefined` where it may not be. */
export function contestable(
  blocks: Blocks,
  number: bigint,
  queueIndex: bigint,
  spec: ChainSpec,
): Contestable | undefined {
  const judged = judgedIn(blocks, number, spec);
  const own = judged.find(
    ({ firstIndex, lastIndex }) => firstIndex <= queueIndex && queueIndex <= lastIndex,
  );
  return own && { number, judged: own, records: judged.map(hashJudged) };
}

/** The same with what it takes, as long as the next block may hold it. */
export function challengeReport(
  blocks: Blocks,
  number: bigint,
  queueIndex: bigint,
  spec: ChainSpec,
): ChallengeReport | undefined {
  const until = number + spec.challengeBlocks;
  const next = blocks.head + 1n;
  const found = next < until ? contestable(blocks, number, queueIndex, spec) : undefined;
  if (found === undefined) return undefined;
  const { contract, firstIndex } = found.judged;
  const view = blocks.viewAt(blocks.head);
  const open = readChallenge(view, spec.challengesAddress, contract);
  const bond = readChallengeBond(view, contract, next, spec);
  const openedIn = open?.firstIndex === firstIndex ? open.openedIn : undefined;
  return { ...found, until, bond, openedIn };
}

/** What block `number` has recorded in CHALLENGES, in its order. */
function judgedIn(
  { block, viewAt, ancestor }: Blocks,
  number: bigint,
  spec: ChainSpec,
): readonly JudgedBatch[] {
  if (spec.challengeBlocks === 0n) return [];
  const agreed = block(number).block.certificates.filter(({ kind }) => kind === "agreed");
  if (agreed.length === 0) return [];
  const parent = viewAt(number - 1n);
  return (agreed as readonly AgreedCertificate[]).flatMap((certificate) => {
    if (challengeOf(parent, certificate, spec)) return [];
    const { committees, judges } = checkPlace(certificate, { parent, ancestor, spec });
    const committee = committees.find(({ level }) => level === certificate.level);
    assert(committee, "a certificate in a block has its committee");
    return judgedBatch(parent, certificate, committee, judges, spec) ?? [];
  });
}

function settledBatch(
  { head, block, viewAt }: Blocks,
  number: bigint,
  judged: Omit<JudgedBatch, "resourceClass">,
  spec: ChainSpec,
): SettledBatch {
  const { contract, orderingNumber, manifestHash, preRoot, stateAt, hosts } = judged;
  const view = viewAt(head);
  const manifest = view.code(manifestHash);
  assert(manifest, "the state keeps every manifest");
  const judges = judgesOf(view, manifestHash, orderingNumber, spec);
  const calls = settledCalls(block(number), contract, judged);
  return {
    pending: { contract, ordering: orderingOf(block(orderingNumber)), calls },
    facts: {
      contract: { address: contract, manifestHash, manifest },
      preRoot,
      stateAt,
      head,
      certifiedBefore: undefined,
      judges,
      terms: termsOf(hosts, judges.first, spec),
      fixed: [],
      isPaidOut: false,
      isPast: true,
    },
  };
}

function settledCalls(
  { block, receipts }: ExecutedBlock,
  contract: Address,
  { firstIndex, lastIndex }: Pick<JudgedBatch, "firstIndex" | "lastIndex">,
): readonly PendingCall[] {
  return receipts.flatMap(({ to, containerCall, effectiveGasPrice }, i) => {
    const listed = block.transactions[i];
    if (containerCall === undefined || to !== contract || listed === undefined) return [];
    const { queueIndex: index, orderedIn } = containerCall;
    if (index < firstIndex || index > lastIndex) return [];
    const { hash: transactionHash } = listed;
    return [
      { entry: { index, transactionHash, orderedIn, next: 0n, price: effectiveGasPrice }, listed },
    ];
  });
}

/** What calls need of the block that ordered them. */
export function orderingOf({ hash, block }: ReturnType<Blocks["block"]>): OrderingBlock {
  const { header, extension } = block;
  return { hash, header, containerBaseFee: extension.containerBaseFee };
}
