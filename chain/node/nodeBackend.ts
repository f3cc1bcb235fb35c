import {
  type Address,
  type BlockContext,
  CODE_KINDS,
  decodeStoredCode,
  EMPTY_BYTES,
  EMPTY_CODE_HASH,
  type ExecutableTransaction,
  type ExecutionResult,
  type GasPrices,
  type Hash,
  hashFromBytes,
  InvalidInput,
  outputRule,
  type QueryOutcome,
} from "@delchain/runtime";
import { memberGasLimit } from "../attest/certifiedCall.ts";
import { MEMPOOL_LIMITS } from "../mempool/limits.ts";
import type {
  AccountSummary,
  AttestationReport,
  Backend,
  BackendLimits,
  ChainEvent,
  ChainQuery,
  ChallengeReport,
  ConsolePage,
  ContainerCallProgress,
  ContractSummary,
  ExplainedCall,
  FoundTransaction,
  HeadSummary,
  KnownBlock,
  KnownHeader,
  ProvedState,
  PublishedSource,
} from "../rpc/backend.ts";
import type { Cheats } from "../rpc/cheats.ts";
import type { ChainSpec } from "../spec/spec.ts";
import { nextBaseFees } from "../transition/fees.ts";
import { settleInput } from "../transition/medianCall.ts";
import { agreedResults, readAttestations } from "./attestationReports.ts";
import type { Attester } from "./attester.ts";
import type { ConsoleHistory } from "./console.ts";
import type { ContractFacts } from "./contractFacts.ts";
import type { ExecutorClient } from "./executorClient.ts";
import type { Explainer } from "./explainer.ts";
import { HeadAnswers } from "./headAnswers.ts";
import { blockContext, nextContext, querySending } from "./hostedBatch.ts";
import type { HostedCall, Hosting } from "./hosting.ts";
import type { Intake } from "./intake.ts";
import type { OrderedCall, OrderedCalls } from "./orderedCalls.ts";
import { checkSourceSize, type InvalidSource, type PublishedSources } from "./publishedSources.ts";
import type { ReaderPool } from "./readerPool.ts";
import { RecentBlocks } from "./recentBlocks.ts";

export type BackendParts = {
  readonly spec: ChainSpec;
  readonly clientVersion: string;
  readonly executor: ExecutorClient;
  readonly readers: ReaderPool;
  readonly intake: Intake;
  readonly ordered: OrderedCalls;
  readonly attester: Attester;
  readonly hosting: Hosting;
  readonly sources: PublishedSources;
  readonly printed: ConsoleHistory | undefined;
  readonly explainer: Explainer;
};

/** About 600 bytes each: a message of 600 kB between threads. */
const HEADERS_PER_READ = 1_024;

/** The node as RPC sees it: state from the executor's thread, queries from readers, the rest from memory. */
export class NodeBackend implements Backend {
  readonly chainId: bigint;
  readonly clientVersion: string;
  readonly limits: BackendLimits;
  /** Set by the node of a chain that has them. */
  cheats: Cheats | undefined;
  readonly #parts: BackendParts;
  readonly #listeners = new Set<(event: ChainEvent) => void>();
  readonly #recent: RecentBlocks;
  readonly #codes = new HeadAnswers<Uint8Array | undefined>();
  readonly #facts = new HeadAnswers<ContractFacts>();
  #head: KnownBlock;

  constructor(parts: BackendParts, head: KnownBlock) {
    this.#parts = parts;
    this.#head = head;
    this.#recent = new RecentBlocks((number) => parts.executor.call("blockByNumber", number));
    this.chainId = parts.spec.chainId;
    this.clientVersion = parts.clientVersion;
    const { transactionGasMax } = parts.spec;
    this.limits = {
      transactionGas: transactionGasMax,
      queryGas: transactionGasMax,
      headersPerRead: HEADERS_PER_READ,
      priorityFee: MEMPOOL_LIMITS.tipMin,
    };
  }

  /** Takes over a block that is final and on disk, and tells who listens. */
  advance(block: KnownBlock): void {
    this.#head = block;
    this.#recent.add(block);
    this.emit({ type: "block", block });
  }

  /** Takes over an earlier block as the head: those after it are undone. */
  rewind(head: KnownBlock): void {
    this.#head = head;
    this.#recent.clear();
    this.emit({ type: "rewind", head });
  }

  emit(event: ChainEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  head(): HeadSummary {
    const { hash, block } = this.#head;
    const fees = nextBaseFees(block, this.#parts.spec);
    const { execute: nextBaseFee, order: nextContainerBaseFee } = fees;
    return { hash, header: block.header, nextBaseFee, nextContainerBaseFee };
  }

  async blockByNumber(number: bigint): Promise<KnownBlock | undefined> {
    const headNumber = this.#head.block.header.number;
    if (number > headNumber) return undefined;
    if (number === headNumber) return this.#head;
    return this.#recent.block(number);
  }

  async blockByHash(hash: Hash): Promise<KnownBlock | undefined> {
    if (hash === this.#head.hash) return this.#head;
    const block = await this.#parts.executor.call("blockByHash", hash);
    return block && block.block.header.number <= this.#head.block.header.number ? block : undefined;
  }

  headers(first: bigint, count: number): Promise<readonly KnownHeader[]> {
    const left = Number(this.#head.block.header.number - first) + 1;
    const wanted = Math.max(0, Math.min(count, this.limits.headersPerRead, left));
    return this.#parts.executor.call("headers", { first, count: wanted });
  }

  async findTransaction(hash: Hash): Promise<FoundTransaction | undefined> {
    const { intake, ordered, executor } = this.#parts;
    const call = ordered.get(hash);
    if (call) return { where: "ordered", transaction: call.listed, call: this.#progress(call) };
    const pending = intake.get(hash);
    if (pending) return { where: "pending", transaction: pending };
    const location =
      this.#recent.location(hash) ?? (await executor.call("transactionLocation", hash));
    if (location === undefined) {
      const message = await executor.call("waitingMessage", hash);
      return message && { where: "pending", transaction: message };
    }
    const block = await this.blockByNumber(location.number);
    return block && { where: "listed", block, index: location.index };
  }

  account(address: Address, block: bigint): Promise<AccountSummary | undefined> {
    return this.#parts.executor.call("account", { address, block });
  }

  storage(address: Address, slot: Hash, block: bigint): Promise<Hash> {
    return this.#parts.executor.call("storage", { address, slot, block });
  }

  proof(address: Address, slots: readonly Hash[], block: bigint): Promise<ProvedState> {
    return this.#parts.executor.call("proof", { address, slots, block });
  }

  async code(address: Address, block: bigint): Promise<Uint8Array> {
    const ask = () => this.#parts.executor.call("code", { address, block });
    const isHead = block === this.#head.block.header.number;
    const code = isHead ? this.#codes.get(this.#head, address, ask) : ask();
    return (await code) ?? EMPTY_BYTES;
  }

  async transactionCount(address: Address, at: "latest" | "pending" | bigint): Promise<bigint> {
    const { ordered, intake } = this.#parts;
    for (;;) {
      const block = typeof at === "bigint" ? at : this.#head.block.header.number;
      const nonce = (await this.account(address, block))?.nonce ?? 0n;
      if (typeof at === "bigint") return nonce;
      // What waits follows the head: a block that came meanwhile took it out, and the answer is out of date.
      if (block !== this.#head.block.header.number) continue;
      if (at === "latest") return ordered.lowestNonce(address) ?? nonce;
      return intake.nextNonce(address, nonce);
    }
  }

  submit(raw: Uint8Array): Promise<Hash> {
    return this.#parts.intake.submit(raw);
  }

  async query({ block, stateAt = block, isNext, ...asked }: ChainQuery): Promise<QueryOutcome> {
    const { overrides, blockOverride, ...query } = asked;
    const own = await this.#contextOf(block);
    const context = { ...(isNext ? nextContext(own) : own), ...blockOverride };
    return this.#parts.readers.query({ context, stateAt, overrides, query });
  }

  /** What a call of a contract that is no container would come to in the next block, whatever its sender has. */
  async estimate(
    sender: Address,
    to: Address,
    { data, value = 0n }: { readonly data: Uint8Array; readonly value?: bigint },
  ): Promise<ExecutionResult> {
    const transaction: ExecutableTransaction = {
      type: 2,
      sender,
      to,
      nonce: 0n,
      gasLimit: this.limits.queryGas,
      maxFeePerGas: 0n,
      maxPriorityFeePerGas: 0n,
      value,
      data,
      accessList: [],
    };
    const block = this.#head.block.header.number;
    const asked = { transaction, unchecked: true, trace: false, block, isNext: true };
    const { outcome } = await this.query(asked);
    if (outcome.status === "invalid") throw new InvalidInput({ code: "INVALID" }, outcome.reason);
    return outcome;
  }

  async queryContainer({ transaction, block }: ChainQuery): Promise<ExecutionResult> {
    const { spec, executor, hosting } = this.#parts;
    const to = transaction.to as Address;
    const askFacts = () => executor.call("factsOf", { contract: to, orderedIn: block });
    const isHead = block === this.#head.block.header.number;
    const facts = await (isHead ? this.#facts.get(this.#head, to, askFacts) : askFacts());
    const committee = facts.terms.paid;
    const gasLimit =
      transaction.gasLimit > spec.transactionGasMax ? spec.transactionGasMax : transaction.gasLimit;
    if (gasLimit < spec.orderGas) {
      return { status: "halt", gasUsed: gasLimit, reason: "OutOfGas: less than an order costs" };
    }
    const context = await this.#contextOf(block);
    const call = {
      caller: transaction.sender,
      origin: transaction.sender,
      value: transaction.value,
      input: transaction.data,
      gasLimit: memberGasLimit(gasLimit, spec.orderGas, committee),
      seed: context.randomness,
      sending: querySending(await this.#pricesOf(block), facts),
    };
    const { contract, preRoot } = facts;
    const ask = (asked: HostedCall) =>
      hosting.query({ contract, block: context, stateAt: block, preRoot, calls: [asked] });
    const result = await ask(call);
    const gasUsed = spec.orderGas + result.gasUsed * BigInt(committee);
    const rule = outputRule(facts.judges.rules, call.input);
    if (rule?.rule !== "median" || result.status !== "success") return { ...result, gasUsed };
    // Its sender pays for `settle`, too, and the call itself may use half of what it does not keep.
    const { queueAddress: caller, orderGas } = spec;
    const median = { settleSelector: rule.settleSelector, value: hashFromBytes(result.output) };
    const input = settleInput(median, call.input);
    const settled = await ask({ ...call, caller, value: 0n, input });
    const settleGas = settled.status === "success" ? settled.gasUsed : 0n;
    const both = gasUsed + orderGas + settleGas * BigInt(committee);
    const twice = 2n * gasUsed - orderGas;
    return { ...result, gasUsed: both > twice ? both : twice };
  }

  async containerCall(transaction: Hash): Promise<ContainerCallProgress | undefined> {
    const call = this.#parts.ordered.get(transaction);
    return call && this.#progress(call);
  }

  challenge(transaction: Hash): Promise<ChallengeReport | undefined> {
    return this.#parts.executor.call("challenge", transaction);
  }

  attestations(transaction: Hash): Promise<AttestationReport | undefined> {
    const blockByNumber = (number: bigint) => this.blockByNumber(number);
    return readAttestations(transaction, { ...this.#parts, blockByNumber });
  }

  explanation(transaction: Hash): ExplainedCall | undefined {
    return this.#parts.explainer.explanationOf(transaction);
  }

  async publishSource(signed: Omit<PublishedSource, "publisher">): Promise<void> {
    const { address, transactionHash: transaction, source } = signed;
    checkSourceSize(source);
    const found = await this.findTransaction(transaction);
    const receipt = found?.where === "listed" ? found.block.receipts[found.index] : undefined;
    if (receipt?.created !== address) {
      throw new InvalidInput<InvalidSource>(
        { code: "NOT_CREATED_BY", address, transaction },
        `transaction ${transaction} did not create ${address}; name the one that did, in its receipt is contractAddress`,
      );
    }
    await this.#parts.sources.publish({ ...signed, publisher: receipt.sender });
  }

  source(address: Address): Promise<PublishedSource | undefined> {
    return this.#parts.sources.of(address);
  }

  console(after: number, contract: Address | undefined): ConsolePage | undefined {
    return this.#parts.printed?.after(after, contract);
  }

  async contract(address: Address): Promise<ContractSummary | undefined> {
    const { executor } = this.#parts;
    const block = this.#head.block.header.number;
    const account = await executor.call("account", { address, block });
    if (account === undefined || account.codeHash === EMPTY_CODE_HASH) return undefined;
    const code = (await executor.call("codeByHash", account.codeHash)) ?? EMPTY_BYTES;
    const stored = decodeStoredCode(code);
    const { codeHash } = account;
    if (stored === undefined) {
      const kind = undefined;
      const payloadBytes = code.length;
      return { tier: "evm", kind, codeHash, payloadHash: undefined, payloadBytes, container: kind };
    }
    const payload = (await executor.call("codeByHash", stored.payloadHash)) ?? EMPTY_BYTES;
    const isContainer = stored.kind === CODE_KINDS.container;
    return {
      tier: isContainer ? "container" : "wasm",
      kind: stored.kind,
      codeHash,
      payloadHash: stored.payloadHash,
      payloadBytes: payload.length,
      container: isContainer ? await this.#containerSummary(address) : undefined,
    };
  }

  async payload(address: Address): Promise<Uint8Array | undefined> {
    const { executor } = this.#parts;
    const code = await this.code(address, this.#head.block.header.number);
    if (code.length === 0) return undefined;
    const stored = decodeStoredCode(code);
    return stored ? executor.call("codeByHash", stored.payloadHash) : code;
  }

  mempoolStatus(): { readonly pending: number; readonly queued: number } {
    return this.#parts.intake.status();
  }

  peerCount(): number {
    return 0;
  }

  subscribe(listener: (event: ChainEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async #containerSummary(address: Address) {
    const { executor, hosting } = this.#parts;
    const queue = await executor.call("queue", address);
    const orderedIn = this.#head.block.header.number;
    const { contract } = await executor.call("factsOf", { contract: address, orderedIn });
    const driver = await hosting.driverFor(contract);
    return {
      manifest: new TextDecoder().decode(contract.manifest),
      driver,
      queueLength: Number(queue.count),
      nextIndex: queue.nextIndex,
    };
  }

  async #contextOf(number: bigint): Promise<BlockContext> {
    const known = await this.blockByNumber(number);
    if (known === undefined) {
      throw new InvalidInput({ code: "UNKNOWN_BLOCK", number }, `there is no block ${number}`);
    }
    return blockContext(known.block.header, this.chainId);
  }

  async #pricesOf(number: bigint): Promise<GasPrices> {
    const known = await this.blockByNumber(number);
    const { header, extension } = (known ?? this.#head).block;
    return { execute: header.baseFeePerGas, order: extension.containerBaseFee };
  }

  #progress(call: OrderedCall): ContainerCallProgress {
    const { attester } = this.#parts;
    const contract = call.listed.transaction.to as Address;
    const { index, orderedIn } = call.entry;
    const certificate = attester.certificateFor(contract, index);
    return {
      stage: attester.stageOf(contract, index),
      callId: call.callId,
      contract,
      orderedIn,
      queueIndex: index,
      resultsHash: certificate && agreedResults(certificate),
    };
  }
}
