import {
  type Address,
  bigintToBytes,
  concatBytes,
  encodeRlp,
  fromHex,
  type Hash,
  keccak256,
  type SlotChange,
} from "@delchain/runtime";
import type { Batch, CertifiedCall } from "./certificate.ts";

/** Keeps a signature on a result from meaning anything anywhere else. */
const DOMAIN = new TextEncoder().encode("DelChain result 1");

/** What a member says that the batch did. */
export type Findings = {
  readonly diffHash: Hash;
  readonly resultsHash: Hash;
  readonly gasUsed: bigint;
};

/**
 * What a member signs, 32 bytes (design, section 5): one statement for all calls of the batch, so that its cost
 * does not grow with what the contract wrote.
 */
export function statementHash(chainId: bigint, batch: Batch, findings: Findings): Hash {
  return keccak256(
    encodeRlp([
      DOMAIN,
      bigintToBytes(chainId, 32),
      fromHex(batch.orderingHash),
      fromHex(batch.contract),
      fromHex(batch.manifestHash),
      bigintToBytes(batch.firstIndex, 8),
      bigintToBytes(batch.lastIndex, 8),
      fromHex(batch.preRoot),
      fromHex(findings.diffHash),
      fromHex(findings.resultsHash),
      bigintToBytes(findings.gasUsed, 8),
    ]),
  );
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

/** The diff that a certificate carries; `outgoing` is an empty list until messages exist. */
function hashSlots(contract: Address, slots: readonly SlotChange[]): Hash {
  const changes = slots.map(({ slot, value }) => [fromHex(slot), fromHex(value)]);
  return keccak256(encodeRlp([fromHex(contract), changes, []]));
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
      ]),
    ),
  );
}

/** What a member shows before anybody reveals, so that nobody can copy: H(statement, salt, member). */
export function commitment(statement: Hash, salt: Uint8Array, publicKey: Uint8Array): Hash {
  return keccak256(concatBytes(fromHex(statement), salt, publicKey));
}
