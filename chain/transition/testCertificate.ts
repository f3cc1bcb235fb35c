import {
  type Address,
  EMPTY_BYTES,
  EMPTY_ROOT,
  fromHex,
  type Hash,
  keccak256,
  type SlotChange,
} from "@delchain/runtime";
import type {
  Agreed,
  Batch,
  CertifiedCall,
  CommittedCertificate,
  ResultCertificate,
} from "../attest/certificate.ts";
import { commitment, commitmentMessage, commitmentsHash } from "../attest/commitments.ts";
import { type Committee, committeeSeed } from "../attest/committee.ts";
import type { Level } from "../attest/levels.ts";
import { encodeSigners } from "../attest/signers.ts";
import { attestationHash, findingsOf, roundId, statementHash } from "../attest/statement.ts";
import { devnetHostSecret } from "../spec/devnet.ts";
import { committeesOf, judgesOf } from "./judges.ts";
import { runningManifest } from "./runningManifest.ts";
import { CONTAINER, type TestChain } from "./testChain.ts";

export type Found = {
  readonly calls: readonly CertifiedCall[];
  readonly slots: readonly SlotChange[];
  /** Each member's own, by its place. */
  readonly numbers?: readonly Hash[];
};

/** A call as its hosts found it: it succeeded, with an output and nothing else to show. */
export function certifiedCall(
  queueIndex: bigint,
  change: Partial<CertifiedCall> = {},
): CertifiedCall {
  return {
    queueIndex,
    outcome: "success",
    outputHash: keccak256(Uint8Array.of(1)),
    result: EMPTY_BYTES,
    logs: [],
    messages: [],
    gasUsed: 200_000n,
    haltCode: "",
    ...change,
  };
}

/** The batch of these calls, as the chain has it. */
export function batchOf(
  chain: TestChain,
  orderingNumber: bigint,
  { calls }: Pick<Found, "calls">,
  contract: Address = CONTAINER,
): Batch {
  return {
    contract,
    orderingNumber,
    orderingHash: chain.hashOf(orderingNumber),
    manifestHash: runningManifest(chain.view, contract, chain.spec, calls[0]?.queueIndex) as Hash,
    firstIndex: calls[0]?.queueIndex ?? 0n,
    lastIndex: calls.at(-1)?.queueIndex ?? 0n,
    preRoot: EMPTY_ROOT,
  };
}

export function committeeAt(chain: TestChain, batch: Batch, level: Level): Committee {
  const seed = committeeSeed(batch.orderingHash, batch.orderingHash, batch.contract);
  const judges = judgesOf(chain.view, batch.manifestHash, batch.orderingNumber, chain.spec);
  return committeesOf(judges, seed, chain.spec).find((one) => one.level === level) as Committee;
}

/** The certificate of all hosts over a batch of a container; they agree unless `other` is given. */
export function certify(
  chain: TestChain,
  orderingNumber: bigint,
  found: Found,
  other: Found = found,
  contract: Address = CONTAINER,
): ResultCertificate {
  const batch = batchOf(chain, orderingNumber, found, contract);
  const committee = committeeAt(chain, batch, "fast");
  const says = ({ calls, slots }: Found) => findingsOf(contract, calls, slots);
  const isAgreed = says(found).resultsHash === says(other).resultsHash;
  if (isAgreed && says(found).diffHash === says(other).diffHash)
    return agreedBy(chain, batch, committee, found);
  const attestations = committee.members.map((_, member) => {
    const findings = says(member === 0 ? found : other);
    const round = roundId(chain.spec.chainId, batch, "fast");
    const commitments = commitmentsHash(round, []);
    const statement = statementHash(round, findings);
    const message = fromHex(attestationHash(statement, commitments));
    const signature = chain.bls.sign(secretOf(chain, committee, member), message);
    return { member, ...findings, commitments, signature };
  });
  const where = { queueIndex: batch.firstIndex, where: "output byte 0", left: "0x", right: "0x" };
  return { kind: "diverged", ...batch, level: "fast", attestations, difference: where };
}

/** What a committee agrees on when all have committed and `signers` reveal; all of them unless they are given. */
export function agreedBy(
  chain: Pick<TestChain, "spec" | "bls">,
  batch: Batch,
  committee: Committee,
  found: Found,
  signers: readonly number[] = committee.members.map((_, member) => member),
): ResultCertificate {
  const { level } = committee;
  const { list, hash } = commitmentsTo(chain, batch, committee, found);
  const { calls, slots, numbers = [] } = found;
  const messageOf = (member: number) => {
    const statement = statementOf(chain.spec.chainId, batch, level, found, member);
    return fromHex(attestationHash(statement, hash));
  };
  const agreed: Agreed = {
    level,
    signers: encodeSigners(signers, committee.members.length),
    salts: signers.map(saltOf),
    others: list.filter((_, member) => !signers.includes(member)),
    numbers: signers.flatMap((member) => numbers[member] ?? []),
    signature: chain.bls.aggregate(
      signers.map((member) =>
        chain.bls.sign(secretOf(chain, committee, member), messageOf(member)),
      ),
    ),
  };
  return { kind: "agreed", ...batch, ...agreed, calls, slots };
}

/** All members' commitments to what they found, for a block. */
export function committedBy(
  chain: Pick<TestChain, "spec" | "bls">,
  batch: Batch,
  committee: Committee,
  found: Found,
): CommittedCertificate {
  const { level } = committee;
  const { list } = commitmentsTo(chain, batch, committee, found);
  const signatures = list.map((committed, member) => {
    const message = commitmentMessage(roundId(chain.spec.chainId, batch, level), committed);
    return chain.bls.sign(secretOf(chain, committee, member), fromHex(message));
  });
  const signature = chain.bls.aggregate(signatures);
  return { kind: "committed", ...batch, level, commitments: list, signature };
}

function commitmentsTo(
  { spec: { chainId } }: Pick<TestChain, "spec" | "bls">,
  batch: Batch,
  { level, members }: Committee,
  found: Found,
): { readonly list: readonly Hash[]; readonly hash: Hash } {
  const list = members.map(({ publicKey }, member) => {
    const statement = statementOf(chainId, batch, level, found, member);
    return commitment(statement, saltOf(member), fromHex(publicKey));
  });
  return { list, hash: commitmentsHash(roundId(chainId, batch, level), list) };
}

function statementOf(
  chainId: bigint,
  batch: Batch,
  level: Level,
  { calls, slots, numbers }: Found,
  member: number,
): Hash {
  const findings = findingsOf(batch.contract, calls, slots);
  const number = numbers?.[member];
  return statementHash(roundId(chainId, batch, level), {
    ...findings,
    ...(number !== undefined && { number }),
  });
}

function saltOf(member: number): Uint8Array {
  return new Uint8Array(32).fill(member);
}

function secretOf(
  { spec }: Pick<TestChain, "spec" | "bls">,
  { members }: Committee,
  member: number,
): Uint8Array {
  const host = members[member]?.publicKey;
  return devnetHostSecret(spec.hosts.findIndex(({ publicKey }) => publicKey === host));
}
