import {
  type Address,
  assert,
  type Hash,
  messageCost,
  type OutgoingMessage,
  toHex,
} from "@delchain/runtime";
import type { Batch, CertifiedCall, ResultCertificate } from "../attest/certificate.ts";
import type { Committee } from "../attest/committee.ts";
import { committeeSeed } from "../attest/committee.ts";
import { nobleBls } from "../attest/nobleBls.ts";
import { findingsOf } from "../attest/statement.ts";
import { DEVNET, devnetHostSecret } from "../spec/devnet.ts";
import type { ChainSpec } from "../spec/spec.ts";
import {
  hashFindings,
  hashJudged,
  hashSigners,
  type JudgedBatch,
  readChallengeBond,
} from "../system/challengeRegistry.ts";
import { hostId } from "../system/hostRegistry.ts";
import { SystemCaller } from "../system/testSystem.ts";
import type { ListedTransaction, SignedTransaction } from "../tx/transaction.ts";
import type { ExecutedContent } from "./executeBlock.ts";
import { committeesOf, judgesOf } from "./judges.ts";
import { agreedBy, batchOf, certifiedCall, committedBy, committeeAt } from "./testCertificate.ts";
import { ALICE, CONTAINER, GWEI, sign, type TestChain } from "./testChain.ts";
import { KEEPER, newChain } from "./testMessages.ts";

/** Five hosts, of whom two may certify by themselves, and three of four decide. */
export const CHALLENGE_SPEC: ChainSpec = {
  ...DEVNET,
  challengeBlocks: 8n,
  verdictBlocks: 6n,
  committeeSizes: { fast: 2, strong: 4, all: 5 },
  hosts: [0, 1, 2, 3, 4].map((i) => ({
    publicKey: toHex(nobleBls.publicKey(devnetHostSecret(i))),
    payout: `0x${(0xb0 + i).toString(16).repeat(20)}`,
  })),
};

/** A batch of one call as a block has certified it, by few. */
export type Settled = {
  readonly batch: Batch;
  readonly committee: Committee;
  readonly judged: JudgedBatch;
  /** The block. */
  readonly number: bigint;
  readonly executed: ExecutedContent;
};

/** A container whose calls two hosts certify, and what others do about it. For tests. */
export class ChallengeScene {
  readonly chain: TestChain;
  readonly caller: SystemCaller;
  readonly spec: ChainSpec;

  constructor(change: Partial<ChainSpec> = {}) {
    this.spec = { ...CHALLENGE_SPEC, ...change };
    this.chain = newChain(this.spec);
    this.caller = new SystemCaller(this.chain);
    for (const { payout } of this.spec.hosts) {
      this.chain.view.set(payout as Address, { balance: 10n ** 22n });
    }
  }

  /** Alice's call in a block of its own. */
  async order(
    value = 0n,
    to: Address = CONTAINER,
  ): Promise<{ readonly call: SignedTransaction; readonly index: bigint }> {
    const nonce = Number(this.chain.view.account(ALICE)?.nonce ?? 0n);
    const call = await sign({ nonce, to, data: "0x01", value });
    const { entries, refused } = this.chain.run({ orders: [call] });
    assert(refused.length === 0, `the call is ordered: ${refused[0]?.reason}`);
    return { call, index: entries[0]?.index ?? 0n };
  }

  /** Orders a call that sends these, and has the level's committee certify it. */
  async settle(
    messages: readonly OutgoingMessage[],
    level: "fast" | "strong" = "fast",
    contract: Address = CONTAINER,
  ): Promise<Settled> {
    const prices = { execute: GWEI, order: GWEI };
    const value = messages.reduce((sum, message) => sum + messageCost(message, prices), 0n);
    const { call, index } = await this.order(value, contract);
    return this.certify(index, [call], messages, level, contract);
  }

  /** The level's committee certifies the call that the last block ordered. */
  certify(
    index: bigint,
    transactions: readonly ListedTransaction[],
    messages: readonly OutgoingMessage[],
    level: "fast" | "strong",
    contract: Address = CONTAINER,
  ): Settled {
    const found = { calls: [certifiedCall(index, { messages })], slots: [] };
    const batch = batchOf(this.chain, this.chain.number, found, contract);
    const committee = committeeAt(this.chain, batch, level);
    const certificate = agreedBy(this.chain, batch, committee, found);
    if (level === "strong") {
      const fixed = committedBy(this.chain, batch, committee, found);
      this.#accept(this.chain.run({ certificates: [{ certificate: fixed, transactions: [] }] }));
    }
    const executed = this.#accept(
      this.chain.run({ certificates: [{ certificate, transactions }] }),
    );
    const judged: JudgedBatch = {
      ...batch,
      resourceClass: "small",
      findings: hashFindings(findingsOf(contract, found.calls, [])),
      signers: committee.members.map(({ publicKey }) => hostId(publicKey)),
      stateAt: batch.orderingNumber,
      hosts: this.spec.hosts.length,
    };
    return { batch, committee, judged, number: this.chain.number, executed };
  }

  /** Contests it in a block of its own; the first host that did not sign does. Throws what CHALLENGES says. */
  challenge(
    { judged, number }: Pick<Settled, "judged" | "number">,
    change: {
      readonly from?: Address;
      readonly value?: bigint;
      readonly records?: readonly Hash[];
      readonly signers?: readonly Hash[];
    } = {},
  ): Address {
    const challenger = this.spec.hosts.find(
      ({ publicKey }) => !judged.signers.includes(hostId(publicKey)),
    );
    const from = change.from ?? (challenger?.payout as Address);
    const struct = {
      ...judged,
      target: judged.contract,
      class: 0,
      manifest: judged.manifestHash,
      signers: hashSigners(judged.signers),
    };
    const records = change.records ?? [hashJudged(judged)];
    const signers = change.signers ?? judged.signers;
    const host = hostId(challenger?.publicKey as `0x${string}`);
    const bond = this.caller.read("Challenges", "bondOf", [judged.contract]) as bigint;
    const next = this.chain.number + 1n;
    const own = readChallengeBond(this.chain.view, judged.contract, next, this.spec);
    assert(own === bond, "the protocol reads the bond as CHALLENGES does");
    const value = change.value ?? bond;
    const args = [number, struct, records, signers, host];
    this.caller.send("Challenges", "challenge", args, { from, value });
    return from;
  }

  /** What the committee of the challenge that the last block holds finds of the batch. */
  verdict({ batch }: Settled, calls: readonly CertifiedCall[]): Verdict {
    const { chain, spec } = this;
    const orderingNumber = chain.number;
    const again = { ...batch, orderingNumber, orderingHash: chain.hashOf(orderingNumber) };
    const seed = committeeSeed(again.orderingHash, again.orderingHash, CONTAINER);
    const judges = judgesOf(chain.view, batch.manifestHash, orderingNumber, spec);
    const [committee] = committeesOf({ ...judges, first: "strong" }, seed, spec);
    assert(committee !== undefined, "a class with hosts has a committee");
    const found = { calls, slots: [] };
    return {
      committee,
      committed: committedBy(chain, again, committee, found),
      certificate: agreedBy(chain, again, committee, found),
    };
  }

  /** Two blocks: the committee's commitments, and its verdict. */
  judge(verdict: Verdict): ExecutedContent {
    const { committed, certificate } = verdict;
    this.#accept(this.chain.run({ certificates: [{ certificate: committed, transactions: [] }] }));
    return this.#accept(this.chain.run({ certificates: [{ certificate, transactions: [] }] }));
  }

  /** All coins of those who may be paid here, but for what was burned. */
  get coins(): bigint {
    const { spec } = this;
    const systems = spec.systemContracts.map(({ address }) => address);
    const payouts = spec.hosts.map(({ payout }) => payout as Address);
    const { producer } = this.chain.context();
    const all = [ALICE, CONTAINER, KEEPER, producer, spec.queueAddress, ...systems, ...payouts];
    return all.reduce((sum, address) => sum + this.chain.balance(address), 0n);
  }

  #accept(executed: ExecutedContent): ExecutedContent {
    const [refused] = executed.refused;
    assert(refused === undefined, `nothing is refused: ${refused?.reason}`);
    return executed;
  }
}

export type Verdict = {
  readonly committee: Committee;
  readonly committed: ReturnType<typeof committedBy>;
  readonly certificate: ResultCertificate;
};
