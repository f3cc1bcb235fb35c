import {
  type Address,
  type BlockExecution,
  bytesToBigint,
  type Hash,
  InvalidInput,
  keccak256,
} from "@delchain/runtime";
import type { Batch, Certificate, ResultCertificate } from "../attest/certificate.ts";
import { revealBlocks } from "../attest/commitments.ts";
import { type Committee, committeeSeed } from "../attest/committee.ts";
import type { Level } from "../attest/levels.ts";
import { findingsOf } from "../attest/statement.ts";
import { verifyCertificate } from "../attest/verifyCertificate.ts";
import type { ChainSpec } from "../spec/spec.ts";
import { encodeCall } from "../system/callData.ts";
import {
  hashFindings,
  type OpenChallenge,
  readChallenge,
  readContested,
} from "../system/challengeRegistry.ts";
import type { CertificateContext } from "./applyCertificate.ts";
import { committeesOf, judgesOf } from "./judges.ts";
import { readCredit } from "./messageState.ts";
import { addBalance, moveValue } from "./moveValue.ts";
import { payeesOf, payShares } from "./payShares.ts";
import { clearFixed, readFixed, readQueueTotals } from "./queue.ts";
import { reportMissed } from "./reportMissed.ts";
import { systemCall } from "./systemCall.ts";

// A challenge has the block that holds it order a settled batch once more, for a wider committee. Its certificate has
// the form of any other, and is compared where others are applied.

type Reader = Pick<BlockExecution, "storage">;

/** The challenge that a certificate is about; `undefined` for one that settles calls of the queue. */
export function challengeOf(
  state: Reader,
  { contract, orderingNumber, firstIndex, lastIndex }: Batch,
  { challengeBlocks, challengesAddress }: ChainSpec,
): OpenChallenge | undefined {
  if (challengeBlocks === 0n) return undefined;
  const challenge = readChallenge(state, challengesAddress, contract);
  const isIt =
    challenge?.openedIn === orderingNumber &&
    challenge.firstIndex === firstIndex &&
    challenge.lastIndex === lastIndex;
  return isIt ? challenge : undefined;
}

/** What a block fixes of a challenge's committees lies beside what it fixes of the contract's calls. */
export function challengeKey(contract: Address): Hash {
  return keccak256(new TextEncoder().encode(`challenge of ${contract}`));
}

/** Throws `InvalidInput` for a certificate that does not stand on what is contested. */
export function checkChallengePlace(
  { contract, orderingHash, manifestHash, preRoot }: Certificate,
  challenge: OpenChallenge,
  { parent, ancestor, spec }: CertificateContext,
): readonly Committee[] {
  const wrong = (what: string) =>
    new InvalidInput(
      { code: "NOT_THE_CHALLENGE", what },
      `the certificate's ${what} is not that of the challenge in block ${challenge.openedIn}`,
    );
  const opened = ancestor(challenge.openedIn);
  const later = ancestor(challenge.openedIn + BigInt(spec.committeeSeedDelay));
  if (opened?.hash !== orderingHash || later === undefined) throw wrong("block");
  if (challenge.preRoot !== preRoot) throw wrong("storage root");
  if (challenge.manifestHash !== manifestHash) throw wrong("manifest");
  const seed = committeeSeed(opened.randomness, later.randomness, contract);
  const judges = judgesOf(parent, manifestHash, challenge.openedIn, spec);
  return committeesOf({ ...judges, first: "strong" }, seed, spec);
}

/**
 * Ends a challenge by what its committee found: the same, something else, or that its members do not agree. Throws
 * `InvalidInput` and changes nothing.
 */
export function applyVerdict(
  execution: BlockExecution,
  certificate: ResultCertificate,
  challenge: OpenChallenge,
  context: CertificateContext,
): void {
  const { spec, bls, parent, block } = context;
  const committees = checkChallengePlace(certificate, challenge, context);
  const { contract } = certificate;
  const fixedIn = (level: Level) =>
    readFixed(parent, spec.queueAddress, challengeKey(contract), level);
  const committee = verifyCertificate(certificate, {
    chainId: spec.chainId,
    committees,
    fixedAt: (level) => fixedIn(level)?.hash,
    isRevealOver: (level) =>
      block.number - (fixedIn(level)?.number ?? block.number) >= revealBlocks(spec.levelBlocks),
    bls,
  });
  if (certificate.kind === "diverged") {
    dismiss(execution, contract, spec);
    return;
  }
  reportMissed(execution, certificate, committee, spec);
  const findings = hashFindings(findingsOf(contract, certificate.calls, certificate.slots));
  const next = readQueueTotals(execution, spec.queueAddress).next;
  const input = encodeCall("judge(address,bytes32,uint64)", [contract, findings, next]);
  end(execution, contract, input, payeesOf(certificate, committee), spec);
}

/** Ends challenges whose time is over. */
export function dismissOverdue(execution: BlockExecution, number: bigint, spec: ChainSpec): void {
  if (spec.challengeBlocks === 0n) return;
  for (const contract of readContested(execution, spec.challengesAddress)) {
    const challenge = readChallenge(execution, spec.challengesAddress, contract);
    const isOver = challenge && number - challenge.openedIn >= spec.verdictBlocks;
    if (isOver) dismiss(execution, contract, spec);
  }
}

function dismiss(execution: BlockExecution, contract: Address, spec: ChainSpec): void {
  const { next } = readQueueTotals(execution, spec.queueAddress);
  end(execution, contract, encodeCall("dismiss(address,uint64)", [contract, next]), [], spec);
}

/** CHALLENGES says whose its coins are; nobody who is paid can refuse and stop the chain. */
function end(
  execution: BlockExecution,
  contract: Address,
  input: Uint8Array,
  judges: readonly Address[],
  { challengesAddress, queueAddress }: ChainSpec,
): void {
  const { output } = systemCall(execution, challengesAddress, input);
  const { payee, credit } = readCredit(output);
  const fee = bytesToBigint(output.subarray(64, 96));
  moveValue(execution, challengesAddress, payee, credit);
  addBalance(execution, challengesAddress, -fee);
  if (fee > 0n) payShares(execution, judges, fee);
  clearFixed(execution, queueAddress, challengeKey(contract));
}
