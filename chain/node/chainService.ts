import type { MessagePort } from "node:worker_threads";
import {
  type Account,
  type Address,
  assert,
  EMPTY_CODE_HASH,
  type Executor,
  type Hash,
  InvalidInput,
  type StateView,
} from "@delchain/runtime";
import type { Bls } from "../attest/bls.ts";
import type { Block, ExecutedBlock } from "../block/block.ts";
import type { ChallengeReport, KnownBlock, KnownHeader } from "../rpc/backend.ts";
import type { ChainSpec } from "../spec/spec.ts";
import type { PreparedState } from "../state/preparedState.ts";
import type { OrderLocation, TransactionLocation } from "../state/records.ts";
import { serveView } from "../state/serveView.ts";
import type { ProofQuestion, StateProof } from "../state/stateProof.ts";
import type { ChainStore } from "../state/store.ts";
import { type Contestable, readChallengeBond } from "../system/challengeRegistry.ts";
import { type Ancestor, batchEntries } from "../transition/applyCertificate.ts";
import { editDiff } from "../transition/editState.ts";
import {
  type BlockContent,
  type ExecutedContent,
  executeBlock,
} from "../transition/executeBlock.ts";
import { countMessages, readMessage } from "../transition/messageState.ts";
import {
  type ContractQueue,
  isWaiting,
  readContractQueue,
  readQueueTotals,
} from "../transition/queue.ts";
import { isContainer } from "../transition/runningManifest.ts";
import { type BlockPlan, planBlock, sealBlock } from "../transition/sealBlock.ts";
import { challengeOf } from "../transition/verdict.ts";
import { contentOf, planOf, verifyBlock } from "../transition/verifyBlock.ts";
import { listMessage } from "../tx/messageCodec.ts";
import { isMessage, type ListedTransaction } from "../tx/transaction.ts";
import { admissionFacts } from "./admissionFacts.ts";
import type { AdmissionFacts, MessageCounts, Opened, Produced } from "./chainAnswers.ts";
import type { Cheat } from "./cheat.ts";
import { type ContractFacts, contractFacts, type FactsQuestion } from "./contractFacts.ts";
import { deployedContainers } from "./deployedContainers.ts";
import { type BlockHeads, KnownHeads } from "./knownHeads.ts";
import { nextRandomness } from "./nextRandomness.ts";
import { NO_CONTENT } from "./noContent.ts";
import type { ProduceRequest } from "./producer.ts";
import {
  auditableBatches,
  type Blocks,
  challengeReport,
  contestable,
  contestedAt,
  contestedBatch,
} from "./settledBatches.ts";
import { type Staged, type StagingTest, stagedLately, stagingTest } from "./stagedVersion.ts";
import type { Contested, ContestedBatch } from "./verdicts.ts";
import { waitingCalls } from "./waitingCalls.ts";

/**
 * The one that owns the database and runs the transition; everything that reads the chain asks it. In a node it
 * has a thread of its own (`executorThread.ts`).
 */
export class ChainService {
  readonly #spec: ChainSpec;
  readonly #store: ChainStore;
  readonly #executor: Executor;
  readonly #bls: Bls;
  readonly #onBroken: (error: unknown) => void;
  readonly #heads: KnownHeads;

  /** `onBroken` is told when a block could not be committed: nothing may be built on this store then. */
  constructor(
    spec: ChainSpec,
    store: ChainStore,
    executor: Executor,
    bls: Bls,
    onBroken: (error: unknown) => void,
  ) {
    this.#onBroken = onBroken;
    this.#spec = spec;
    this.#store = store;
    this.#heads = new KnownHeads(store);
    this.#executor = executor;
    this.#bls = bls;
  }

  opened(): Opened {
    const head = this.blockByNumber(this.#store.head().number);
    assert(head, "the store has a head without a block");
    const view = this.#store.viewAt();
    const waiting = waitingCalls(view, this.#spec.queueAddress, this.#blocks());
    return { head, waiting, ...this.#pending(view) };
  }

  /** Builds, executes and commits the next block; resolves when it is on disk. */
  async produce({ content, producer, timestamp, cheat }: ProduceRequest): Promise<Produced> {
    const parent = this.#tip();
    const randomness = nextRandomness(parent.hash, parent.header.mixHash);
    const plan = planBlock(parent, { producer, timestamp, randomness }, this.#spec);
    const executed = cheat ? this.#executeCheat(plan, cheat) : this.#execute(plan, content);
    const prepared = await this.#store.prepare(executed.diff);
    return this.#commit(prepared, sealBlock(plan, executed, prepared.stateRoot), executed);
  }

  /** Undoes the blocks after `number`. Only for a chain with cheats: a final block is final elsewhere. */
  async rewind(number: bigint): Promise<Opened> {
    assert(this.#spec.cheats, "only a chain with cheats is rewound");
    await this.#store.rewind(number);
    this.#heads.clear();
    return this.opened();
  }

  /**
   * Executes a block that somebody else built, and commits it when it is exactly what its content and parent
   * give. Throws `InvalidInput` that names the first thing that is not, and changes nothing.
   */
  async follow(block: Block): Promise<Produced> {
    const parent = this.#tip();
    const plan = planOf(block, parent, this.#spec);
    const view = this.#store.viewAt(this.#store.tip().number);
    const sizes = block.certificates.map((certificate) =>
      certificate.kind === "committed" || challengeOf(view, certificate, this.#spec)
        ? 0
        : batchEntries(view, certificate, this.#spec).length,
    );
    const isOrdered = ({ transaction, hash }: ListedTransaction): boolean => {
      const { to, data } = transaction;
      if (to === undefined) return false;
      // A message that waits for its block is listed by the one that delivers it, or is ordered by it.
      if (isMessage(transaction)) return isWaiting(view, this.#spec.queueAddress, to, hash);
      return data.length > 0 && isContainer(view, to);
    };
    const executed = this.#execute(plan, contentOf(block, sizes, isOrdered));
    const prepared = await this.#store.prepare(executed.diff);
    try {
      verifyBlock(block, plan, executed, prepared.stateRoot);
    } catch (error) {
      this.#store.discard(prepared);
      throw error;
    }
    return this.#commit(prepared, block, executed);
  }

  /** In the order asked. */
  admissionFacts(
    questions: readonly { readonly sender: Address; readonly to: Address | undefined }[],
  ): readonly AdmissionFacts[] {
    return admissionFacts(this.#store.viewAt(), questions, this.#spec);
  }

  blockByNumber(number: bigint): KnownBlock | undefined {
    const executed = this.#store.blockByNumber(number);
    const hash = this.#store.hashByNumber(number);
    return executed && hash && { ...executed, hash };
  }

  blockByHash(hash: Hash): KnownBlock | undefined {
    const number = this.#store.numberByHash(hash);
    return number === undefined ? undefined : this.blockByNumber(number);
  }

  headers({ first, count }: { first: bigint; count: number }): readonly KnownHeader[] {
    const headers: KnownHeader[] = [];
    for (let number = first; headers.length < count; number++) {
      const header = this.#store.headerByNumber(number);
      const hash = this.#store.hashByNumber(number);
      if (header === undefined || hash === undefined) break;
      headers.push({ hash, header });
    }
    return headers;
  }

  transactionLocation(hash: Hash): TransactionLocation | undefined {
    return this.#store.transactionLocation(hash);
  }

  orderLocation(hash: Hash): OrderLocation | undefined {
    return this.#store.orderLocation(hash);
  }

  /** A message that waits for a block or is held, as it will be listed; `id` is what its sender knows it by. */
  waitingMessage(id: Hash): ListedTransaction | undefined {
    const message = readMessage(this.#store.viewAt(), this.#spec.messagesAddress, id);
    return message && listMessage(message.transaction);
  }

  account({ address, block }: { address: Address; block: bigint }): Account | undefined {
    return this.#store.viewAt(block).account(address);
  }

  storage({ address, slot, block }: { address: Address; slot: Hash; block: bigint }): Hash {
    return this.#store.viewAt(block).storage(address, slot);
  }

  proof({ block, ...question }: ProofQuestion & { readonly block: bigint }): Promise<StateProof> {
    return this.#store.prove(block, question);
  }

  code({ address, block }: { address: Address; block: bigint }): Uint8Array | undefined {
    return codeAt(this.#store.viewAt(block), address);
  }

  /** Code or payload by its hash. */
  codeByHash(hash: Hash): Uint8Array | undefined {
    return this.#store.viewAt().code(hash);
  }

  queue(contract: Address): ContractQueue & { readonly nextIndex: bigint } {
    const view = this.#store.viewAt();
    const { queueAddress } = this.#spec;
    const { next } = readQueueTotals(view, queueAddress);
    return { ...readContractQueue(view, queueAddress, contract), nextIndex: next };
  }

  /** Throws for what is no container. */
  factsOf(question: FactsQuestion): ContractFacts {
    const certifiedIn = (number: bigint) => this.#heads.of(number)?.certified ?? [];
    return contractFacts(question, this.#blocks(), certifiedIn, this.#spec);
  }

  /** What is contested of a contract, to be judged once more. Throws when nothing is. */
  contested(contract: Address): ContestedBatch {
    return contestedBatch(this.#blocks(), contract, this.#spec);
  }

  /** What block `number` has settled and somebody may contest. */
  auditable(number: bigint): ReturnType<typeof auditableBatches> {
    return auditableBatches(this.#blocks(), number, this.#spec);
  }

  /** What a call that block `number` has settled may be contested by. */
  contestable({ number, index }: { number: bigint; index: bigint }): Contestable | undefined {
    return contestable(this.#blocks(), number, index, this.#spec);
  }

  /** What the result of a transaction's call may be contested by, as long as it may. */
  challenge(transaction: Hash): ChallengeReport | undefined {
    const listed = this.#store.transactionLocation(transaction);
    const ordered = this.#store.orderLocation(transaction);
    if (listed === undefined || ordered === undefined) return undefined;
    return challengeReport(this.#blocks(), listed.number, ordered.queueIndex, this.#spec);
  }

  /** What a challenge of a contract takes in the next block, in wei. */
  challengeBond(contract: Address): bigint {
    const view = this.#store.viewAt();
    return readChallengeBond(view, contract, view.number + 1n, this.#spec);
  }

  /** What hosts are waited for, as blocks say whose states are kept. */
  staged(): readonly Staged[] {
    return stagedLately(this.#blocks(), (number) => this.#store.headerByNumber(number), this.#spec);
  }

  /** What these hosts are to try of a version; `undefined` when it waits for none of them. */
  stagingTest({
    staged,
    hosts,
  }: {
    staged: Staged;
    hosts: readonly Hash[];
  }): StagingTest | undefined {
    return stagingTest(staged, hosts, this.#blocks(), this.#spec);
  }

  randomness(number: bigint): Hash {
    const ancestor = this.#ancestor(number);
    if (ancestor === undefined) {
      throw new InvalidInput({ code: "UNKNOWN_BLOCK", number }, `there is no block ${number} yet`);
    }
    return ancestor.randomness;
  }

  /** Lets another thread read states through `port` and shared memory. */
  connect({ port, buffer }: { port: MessagePort; buffer: SharedArrayBuffer }): void {
    serveView(port, buffer, this.#store);
  }

  async close(): Promise<void> {
    await this.#store.close();
  }

  #tip(): BlockHeads {
    const { number } = this.#store.tip();
    const heads = this.#heads.of(number);
    assert(heads, `the store misses block ${number}`);
    return heads;
  }

  #executeCheat(plan: BlockPlan, cheat: Cheat): ExecutedContent {
    assert(this.#spec.cheats, "only a chain with cheats takes one");
    if ("edits" in cheat) {
      const view = this.#store.viewAt(plan.context.number - 1n);
      return { ...NO_CONTENT, diff: editDiff(view, cheat.edits) };
    }
    const { impersonated } = cheat;
    const { to, data } = impersonated.transaction;
    const view = this.#store.viewAt(plan.context.number - 1n);
    const isOrder = to !== undefined && data.length > 0 && isContainer(view, to);
    const content = {
      certificates: [],
      overdue: [],
      transactions: isOrder ? [] : [impersonated],
      orders: isOrder ? [impersonated] : [],
    };
    const executed = this.#execute(plan, content, true);
    const [refused] = executed.refused;
    if (refused) throw new InvalidInput({ code: "IMPERSONATED" }, refused.reason);
    return executed;
  }

  #execute(plan: BlockPlan, content: BlockContent, unchecked = false): ExecutedContent {
    const view = this.#store.viewAt(plan.context.number - 1n);
    return executeBlock(this.#executor.openBlock(plan.context, view, unchecked), content, {
      block: plan.context,
      containerBaseFee: plan.containerBaseFee,
      parent: view,
      ancestor: (number) => this.#ancestor(number),
      pricesOf: (number) => {
        const heads = this.#heads.of(number);
        assert(heads, `the store misses block ${number}`);
        const { header, extension } = heads;
        return { execute: header.baseFeePerGas, order: extension.containerBaseFee };
      },
      spec: this.#spec,
      bls: this.#bls,
    });
  }

  async #commit(
    prepared: PreparedState,
    block: Block,
    executed: ExecutedContent,
  ): Promise<Produced> {
    const { entries, orders, receipts, refused, diff } = executed;
    const record: ExecutedBlock = { block, receipts };
    const indexes = entries.map(({ index }) => index);
    try {
      await this.#store.commit(prepared, record, indexes);
    } catch (error) {
      this.#onBroken(error);
      throw error;
    }
    const { hash } = this.#store.head();
    this.#heads.set(hash, record);
    return {
      block: { ...record, hash },
      ...this.#pending(this.#store.viewAt()),
      calls: entries.map((entry, i) => ({ entry, listed: orders[i] as ListedTransaction })),
      refused: refused.map(({ signed, ...refusal }) => ({ transaction: signed?.hash, ...refusal })),
      changed: diff.accounts.map(({ address, nonce, balance, codeHash }) => ({
        address,
        nonce,
        balance,
        hasCode: codeHash !== EMPTY_CODE_HASH,
      })),
      containers: deployedContainers(
        diff,
        this.#store.viewAt(block.header.number - 1n),
        this.#store.viewAt(),
      ),
    };
  }

  #blocks(): Blocks {
    return {
      head: this.#store.head().number,
      block: (number) => {
        const block = this.blockByNumber(number);
        assert(block, `the store misses block ${number}`);
        return block;
      },
      viewAt: (number) => this.#store.viewAt(number),
      ancestor: (number) => this.#ancestor(number),
    };
  }

  #ancestor(number: bigint): Ancestor | undefined {
    const heads = this.#heads.of(number);
    if (heads === undefined) return undefined;
    const { hash, header } = heads;
    return { hash, randomness: header.mixHash, timestamp: header.timestamp };
  }

  /** What waits for blocks to come. */
  #pending(view: StateView): MessageCounts & { readonly contested: readonly Contested[] } {
    const contested = contestedAt(view, this.#spec);
    return { ...countMessages(view, this.#spec.messagesAddress), contested };
  }
}

function codeAt(view: StateView, address: Address): Uint8Array | undefined {
  return view.code(view.account(address)?.codeHash ?? EMPTY_CODE_HASH);
}
