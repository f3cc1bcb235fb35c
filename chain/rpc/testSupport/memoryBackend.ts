import {
  type Address,
  CODE_KINDS,
  decodeStoredCode,
  EMPTY_BYTES,
  EMPTY_DIFF,
  type ExecutionResult,
  type Hash,
  InvalidInput,
  type QueryOutcome,
  tierOf,
  toAddress,
  ZERO_HASH,
} from "@delchain/runtime";
import type { Block } from "../../block/block.ts";
import { hashHeader } from "../../block/headerCodec.ts";
import type { ContainerCallRecord } from "../../block/receipt.ts";
import { nextBaseFee } from "../../spec/baseFee.ts";
import { DEVNET } from "../../spec/devnet.ts";
import { genesisBlock } from "../../spec/genesis.ts";
import { effectiveGasPrice } from "../../transition/fees.ts";
import { callId } from "../../transition/queue.ts";
import { ReceiptList } from "../../transition/receiptList.ts";
import { planBlock, sealBlock } from "../../transition/sealBlock.ts";
import { decodeTransaction } from "../../tx/codec.ts";
import { toExecutable } from "../../tx/executable.ts";
import { nobleRecovery, recoverSender, withSender } from "../../tx/signer.ts";
import type { SignedTransaction } from "../../tx/transaction.ts";
import type {
  AccountSummary,
  AttestationReport,
  Backend,
  BackendLimits,
  ChainEvent,
  ChainQuery,
  ChallengeReport,
  ContainerCallProgress,
  ContractSummary,
  ExplainedCall,
  FoundTransaction,
  HeadSummary,
  KnownBlock,
  KnownHeader,
  PublishedSource,
} from "../backend.ts";
import { MemoryState, type Program } from "./memoryState.ts";

export const PRODUCER: Address = toAddress("0x00000000000000000000000000000000000000aa");

type Waiting = { readonly signed: SignedTransaction; readonly call: ContainerCallProgress };

/**
 * A node without engine, disk and network: transactions and blocks are real, byte for byte, and only what code
 * does is a test's function. It keeps every block and state.
 */
export class MemoryBackend implements Backend {
  readonly chainId: bigint = DEVNET.chainId;
  readonly clientVersion = "DelChain/test";
  readonly limits: BackendLimits;
  readonly cheats: undefined = undefined;
  /** Whether a block is made for each transaction as it comes. */
  autoMine = true;
  /** What a query meets before it runs: set it to a function that throws, to be a machine in trouble. */
  beforeQuery: () => Promise<void> = () => Promise.resolve();
  /** The reports that `attestations` answers, by transaction. */
  readonly reports: Map<Hash, AttestationReport> = new Map();
  /** What `challenge` answers, by transaction. */
  readonly challenges: Map<Hash, ChallengeReport> = new Map();
  /** What `explanation` answers, by transaction. */
  readonly explanations: Map<Hash, ExplainedCall> = new Map();
  readonly manifests: Map<Hash, string> = new Map();
  readonly #sources = new Map<Address, PublishedSource>();
  readonly #blocks: KnownBlock[] = [];
  readonly #states: MemoryState[] = [];
  readonly #listed = new Map<Hash, { readonly number: number; readonly index: number }>();
  readonly #mempool = new Map<Hash, SignedTransaction>();
  readonly #ordered = new Map<Hash, Waiting>();
  readonly #listeners = new Set<(event: ChainEvent) => void>();
  #nextIndex = 0n;

  constructor(programs: ReadonlyMap<string, Program>, limits: Partial<BackendLimits> = {}) {
    this.limits = {
      transactionGas: DEVNET.transactionGasMax,
      queryGas: DEVNET.transactionGasMax,
      headersPerRead: 3,
      priorityFee: 1n,
      ...limits,
    };
    const state = new MemoryState(programs);
    for (const { address, balance } of DEVNET.genesis.balances) state.set(address, { balance });
    this.#append(genesisBlock(DEVNET, state.root()), [], state);
  }

  get subscribers(): number {
    return this.#listeners.size;
  }

  head(): HeadSummary {
    const { hash, block } = this.#last();
    const { header } = block;
    const baseFee = nextBaseFee(DEVNET.baseFeeRule, {
      baseFee: header.baseFeePerGas,
      gasUsed: header.gasUsed,
      gasLimit: header.gasLimit,
    });
    return { hash, header, nextBaseFee: baseFee, nextContainerBaseFee: baseFee };
  }

  blockByNumber(number: bigint): Promise<KnownBlock | undefined> {
    return Promise.resolve(this.#blocks[Number(number)]);
  }

  blockByHash(hash: Hash): Promise<KnownBlock | undefined> {
    return Promise.resolve(this.#blocks.find((known) => known.hash === hash));
  }

  headers(first: bigint, count: number): Promise<readonly KnownHeader[]> {
    const from = Number(first);
    const found = this.#blocks.slice(from, from + Math.min(count, this.limits.headersPerRead));
    return Promise.resolve(found.map(({ hash, block }) => ({ hash, header: block.header })));
  }

  findTransaction(hash: Hash): Promise<FoundTransaction | undefined> {
    const listed = this.#listed.get(hash);
    if (listed !== undefined) {
      const block = this.#blocks[listed.number] as KnownBlock;
      return Promise.resolve({ where: "listed", block, index: listed.index });
    }
    const waiting = this.#ordered.get(hash);
    if (waiting !== undefined) {
      return Promise.resolve({ where: "ordered", transaction: waiting.signed, call: waiting.call });
    }
    const transaction = this.#mempool.get(hash);
    return Promise.resolve(transaction && { where: "pending", transaction });
  }

  account(address: Address, block: bigint): Promise<AccountSummary | undefined> {
    const state = this.#stateAt(block);
    if (!state.has(address)) return Promise.resolve(undefined);
    const { nonce, balance } = state.get(address);
    return Promise.resolve({ nonce, balance, codeHash: state.codeHash(address) });
  }

  storage(address: Address, slot: Hash, block: bigint): Promise<Hash> {
    return Promise.resolve(this.#stateAt(block).get(address).slots.get(slot) ?? ZERO_HASH);
  }

  proof(): Promise<never> {
    const facts = { code: "NO_TRIES" };
    return Promise.reject(new InvalidInput(facts, "what is in memory alone has no tries"));
  }

  code(address: Address, block: bigint): Promise<Uint8Array> {
    return Promise.resolve(this.#stateAt(block).get(address).code);
  }

  transactionCount(address: Address, at: "latest" | "pending" | bigint): Promise<bigint> {
    if (typeof at === "bigint") return Promise.resolve(this.#stateAt(at).get(address).nonce);
    const { nonce } = this.#state().get(address);
    if (at === "pending") return Promise.resolve(nonce + this.#waitingOf(address));
    const held = [...this.#ordered.values()]
      .filter(({ signed }) => signed.sender === address)
      .map(({ signed }) => signed.transaction.nonce);
    return Promise.resolve(held.reduce((least, next) => (next < least ? next : least), nonce));
  }

  submit(raw: Uint8Array): Promise<Hash> {
    const decoded = decodeTransaction(raw, DEVNET);
    const signed = withSender(decoded, recoverSender(decoded, nobleRecovery));
    const { hash, sender, transaction } = signed;
    const expected = this.#state().get(sender).nonce;
    if (transaction.nonce < expected) {
      throw new InvalidInput(
        { code: "NONCE_TOO_LOW", nonce: transaction.nonce, expected },
        `nonce too low: ${transaction.nonce} is used; the next is ${expected}`,
      );
    }
    this.#mempool.set(hash, signed);
    this.#emit({ type: "pendingTransaction", transaction: signed });
    if (this.autoMine) this.mine();
    return Promise.resolve(hash);
  }

  async query({ transaction, block }: ChainQuery): Promise<QueryOutcome> {
    await this.beforeQuery();
    if (transaction.to !== undefined && this.#isContainer(transaction.to)) {
      // The engine runs no container: it reverts, with `AsynchronousContract` as its data.
      return {
        outcome: { status: "revert", gasUsed: 21_000n, output: EMPTY_BYTES },
        before: [],
        trace: undefined,
      };
    }
    return {
      outcome: this.#stateAt(block).copy().run(transaction, 0n),
      before: [],
      trace: undefined,
    };
  }

  async queryContainer({ transaction, block }: ChainQuery): Promise<ExecutionResult> {
    await this.beforeQuery();
    return this.#stateAt(block).copy().run(transaction, 0n) as ExecutionResult;
  }

  challenge(hash: Hash): Promise<ChallengeReport | undefined> {
    return Promise.resolve(this.challenges.get(hash));
  }

  attestations(hash: Hash): Promise<AttestationReport | undefined> {
    return Promise.resolve(this.reports.get(hash));
  }

  contract(address: Address): Promise<ContractSummary | undefined> {
    const { code } = this.#state().get(address);
    if (code.length === 0) return Promise.resolve(undefined);
    const stored = decodeStoredCode(code);
    const manifest = stored && this.manifests.get(stored.payloadHash);
    return Promise.resolve({
      tier: tierOf(code),
      kind: stored?.kind,
      codeHash: this.#state().codeHash(address),
      payloadHash: stored?.payloadHash,
      payloadBytes: manifest?.length ?? code.length,
      container: manifest === undefined ? undefined : this.#containerOf(address, manifest),
    });
  }

  payload(address: Address): Promise<Uint8Array | undefined> {
    const { code } = this.#state().get(address);
    if (code.length === 0) return Promise.resolve(undefined);
    const stored = decodeStoredCode(code);
    const manifest = stored && this.manifests.get(stored.payloadHash);
    return Promise.resolve(manifest === undefined ? code : new TextEncoder().encode(manifest));
  }

  publishSource(signed: Omit<PublishedSource, "publisher">): Promise<void> {
    this.#sources.set(signed.address, { ...signed, publisher: PRODUCER });
    return Promise.resolve();
  }

  source(address: Address): Promise<PublishedSource | undefined> {
    return Promise.resolve(this.#sources.get(address));
  }

  explanation(transaction: Hash): ExplainedCall | undefined {
    return this.explanations.get(transaction);
  }

  console(): undefined {
    return undefined;
  }

  mempoolStatus(): { pending: number; queued: number } {
    return { pending: this.#mempool.size, queued: 0 };
  }

  peerCount(): number {
    return 0;
  }

  subscribe(listener: (event: ChainEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Puts code at an account without a transaction, as of the head. */
  install(address: Address, code: Uint8Array): void {
    this.#state().set(address, { code, nonce: 1n });
  }

  /** A block of all that waits: ordinary transactions are listed, container calls ordered. */
  mine(): KnownBlock {
    const all = [...this.#mempool.values()];
    this.#mempool.clear();
    const isCall = ({ transaction: { to } }: SignedTransaction): boolean =>
      to !== undefined && this.#isContainer(to);
    return this.#build(
      all.filter((signed) => !isCall(signed)),
      all.filter(isCall),
      undefined,
    );
  }

  /** A block that lists an ordered call with its certified outcome. */
  certify(hash: Hash, outcome: ContainerCallRecord["outcome"], resultsHash: Hash): KnownBlock {
    const waiting = this.#ordered.get(hash);
    if (waiting === undefined) throw new Error(`no ordered call ${hash}`);
    const { call, signed } = waiting;
    const { callId: id, orderedIn, queueIndex } = call;
    this.#ordered.delete(hash);
    const record = { callId: id, orderedIn, queueIndex, outcome, resultsHash, median: undefined };
    return this.#build([], [], { listed: signed, record, logs: [], gasUsed: 123_000n, price: 7n });
  }

  #build(
    transactions: readonly SignedTransaction[],
    orders: readonly SignedTransaction[],
    settled: Parameters<ReceiptList["addOrdered"]>[0] | undefined,
  ): KnownBlock {
    const { hash, block } = this.#last();
    const timestamp = block.header.timestamp + 1n;
    const input = { producer: PRODUCER, timestamp, randomness: hash };
    const plan = planBlock({ hash, ...block }, input, DEVNET);
    const state = this.#state().copy();
    const list = new ReceiptList();
    if (settled !== undefined) list.addOrdered(settled);
    for (const signed of transactions) {
      const price = effectiveGasPrice(signed.transaction, plan.context.baseFee);
      const outcome = state.run(toExecutable(signed), price);
      if (outcome.status !== "invalid") list.addExecuted(signed, outcome, plan.context.baseFee);
    }
    for (const signed of orders) this.#order(signed, state, plan.context.number);
    const { gasUsed, receipts } = list;
    const content = {
      transactions: list.transactions,
      orders,
      entries: [],
      certificates: [],
      receipts,
      gasUsed,
      containerGasOrdered: 0n,
      refused: [],
      diff: EMPTY_DIFF,
    };
    return this.#append(sealBlock(plan, content, state.root()), receipts, state);
  }

  #isContainer(address: Address): boolean {
    return decodeStoredCode(this.#state().get(address).code)?.kind === CODE_KINDS.container;
  }

  #order(signed: SignedTransaction, state: MemoryState, number: bigint): void {
    const { sender, transaction, hash } = signed;
    state.set(sender, { nonce: transaction.nonce + 1n });
    const queueIndex = this.#nextIndex++;
    this.#ordered.set(hash, {
      signed,
      call: {
        stage: "ordered",
        callId: callId(this.chainId, number, queueIndex),
        contract: transaction.to as Address,
        orderedIn: number,
        queueIndex,
        resultsHash: undefined,
      },
    });
  }

  #append(block: Block, receipts: KnownBlock["receipts"], state: MemoryState): KnownBlock {
    const known = { hash: hashHeader(block.header), block, receipts };
    const number = this.#blocks.length;
    this.#blocks.push(known);
    this.#states.push(state);
    for (const [index, { hash }] of block.transactions.entries()) {
      this.#listed.set(hash, { number, index });
    }
    this.#emit({ type: "block", block: known });
    return known;
  }

  #containerOf(address: Address, manifest: string): ContractSummary["container"] {
    const queue = [...this.#ordered.values()].filter(({ call }) => call.contract === address);
    return { manifest, driver: "docker", queueLength: queue.length, nextIndex: this.#nextIndex };
  }

  #waitingOf(address: Address): bigint {
    return BigInt([...this.#mempool.values()].filter(({ sender }) => sender === address).length);
  }

  #emit(event: ChainEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  #last(): KnownBlock {
    return this.#blocks[this.#blocks.length - 1] as KnownBlock;
  }

  #state(): MemoryState {
    return this.#stateAt(BigInt(this.#states.length - 1));
  }

  #stateAt(block: bigint): MemoryState {
    return this.#states[Number(block)] as MemoryState;
  }
}
