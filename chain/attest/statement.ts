import {
  type Address,
  bigintToBytes,
  encodeRlp,
  fromHex,
  type Hash,
  keccak256,
  type OutgoingMessage,
  type RlpItem,
  type SlotChange,
  ZERO_HASH,
} from "@delchain/runtime";
import type { Batch, CertifiedCall } from "./certificate.ts";
import { LEVELS, type Level } from "./levels.ts";

// They keep a hash of one kind from meaning anything as another.
const ROUND_DOMAIN = new TextEncoder().encode("DelChain round 1");
const DOMAIN = new TextEncoder().encode("DelChain result 1");
const NUMBER_DOMAIN = new TextEncoder().encode("DelChain number 1");
const ATTESTATION_DOMAIN = new TextEncoder().encode("DelChain attestation 1");

/** What a member says that the batch did. */
export type Findings = {
  readonly diffHash: Hash;
  readonly resultsHash: Hash;
  readonly gasUsed: bigint;
  /** What it found itself, of a call whose answers are aggregated: no two members need the same. */
  readonly number?: Hash;
};

/**
 * Names one committee's work on one batch, 32 bytes: what messages and journals know it by. It enters everything that
 * a member signs (design, section 5), so that no word means anything for another chain, batch, version or level.
 */
export function roundId(chainId: bigint, batch: Batch, level: Level): Hash {
  return keccak256(roundBytes(chainId, batch, level));
}

/** What is hashed into a round's name, 191 bytes. */
export function roundBytes(chainId: bigint, batch: Batch, level: Level): Uint8Array {
  return encodeRlp([
    ROUND_DOMAIN,
    bigintToBytes(chainId, 32),
    fromHex(batch.orderingHash),
    fromHex(batch.contract),
    fromHex(batch.manifestHash),
    bigintToBytes(batch.firstIndex, 8),
    bigintToBytes(batch.lastIndex, 8),
    Uint8Array.of(LEVELS.indexOf(level)),
    fromHex(batch.preRoot),
  ]);
}

/**
 * What a member commits to, 32 bytes: one statement for all calls of the batch, so that its cost
 * does not grow with what the contract wrote.
 */
export function statementHash(round: Hash, findings: Findings): Hash {
  return keccak256(encodeRlp([DOMAIN, fromHex(round), ...statedFindings(findings)]));
}

/** A statement's last fields. */
export function statedFindings(findings: Findings): readonly Uint8Array[] {
  return [
    fromHex(findings.diffHash),
    fromHex(ownResultsHash(findings)),
    bigintToBytes(findings.gasUsed, 8),
  ];
}

/**
 * A member's results with its own number among them. One hash again, so that HOSTS, which punishes two words for one
 * batch, knows one form of statement.
 */
export function ownResultsHash({ resultsHash, number }: Findings): Hash {
  if (number === undefined) return resultsHash;
  return keccak256(encodeRlp([NUMBER_DOMAIN, fromHex(resultsHash), fromHex(number)]));
}

/** What a quorum must say alike: the statement, but for the member's own number. */
export function sharedHash(round: Hash, findings: Findings): Hash {
  const { number } = findings;
  return statementHash(round, number === undefined ? findings : { ...findings, number: ZERO_HASH });
}

/** Whether two members say alike what they must. */
export function isShared(left: Findings, right: Findings): boolean {
  return (
    left.diffHash === right.diffHash &&
    left.resultsHash === right.resultsHash &&
    left.gasUsed === right.gasUsed &&
    (left.number === undefined) === (right.number === undefined)
  );
}

/** What a member signs, 32 bytes: its statement, and all commitments that it saw before it showed its own. */
export function attestationHash(statement: Hash, commitments: Hash): Hash {
  return keccak256(encodeRlp([ATTESTATION_DOMAIN, fromHex(statement), fromHex(commitments)]));
}

export function findingsOf(
  contract: Address,
  calls: readonly CertifiedCall[],
  slots: readonly SlotChange[],
): Findings {
  let gasUsed = 0n;
  for (const call of calls) gasUsed += call.gasUsed;
  return { diffHash: hashSlots(contract, slots), resultsHash: hashCalls(calls), gasUsed };
}

/** The diff that a certificate carries. */
function hashSlots(contract: Address, slots: readonly SlotChange[]): Hash {
  const changes = slots.map(({ slot, value }) => [fromHex(slot), fromHex(value)]);
  return keccak256(encodeRlp([fromHex(contract), changes]));
}

const OUTCOMES: Readonly<Record<CertifiedCall["outcome"], number>> = {
  success: 0,
  revert: 1,
  halt: 2,
  timedOut: 3,
};

function hashCalls(calls: readonly CertifiedCall[]): Hash {
  return keccak256(
    encodeRlp(
      calls.map((call) => [
        bigintToBytes(call.queueIndex, 8),
        Uint8Array.of(OUTCOMES[call.outcome]),
        fromHex(call.outputHash),
        call.logs.map(({ address, topics, data }) => [fromHex(address), topics.map(fromHex), data]),
        bigintToBytes(call.gasUsed, 8),
        new TextEncoder().encode(call.haltCode),
        call.result,
        call.messages.map(messageFields),
      ]),
    ),
  );
}

function messageFields(message: OutgoingMessage): readonly RlpItem[] {
  const { to, value, gas, callbackGas, data } = message;
  const gases = [gas, callbackGas].map((one) => bigintToBytes(one, 8));
  return [fromHex(to), bigintToBytes(value, 32), ...gases, data];
}
