import {
  type Address,
  type BlockContext,
  CODE_KINDS,
  decodeStoredCode,
  EMPTY_BYTES,
  EMPTY_CODE_HASH,
  type ExecutionResult,
  type Hash,
  InvalidInput,
  type QueryOutcome,
} from "@delchain/runtime";
import { memberGasLimit } from "../attest/certifiedCall.ts";
import { committeeSeed, drawCommittee, FAST_COMMITTEE } from "../attest/committee.ts";
import { MEMPOOL_LIMITS } from "../mempool/limits.ts";
import type {
  AccountSummary,
  AttestationReport,
  Backend,
  BackendLimits,
  ChainEvent,
  ChainQuery,
  ConsolePage,
  ContainerCallProgress,
  ContractSummary,
  FoundTransaction,
  HeadSummary,
  KnownBlock,
  KnownHeader,
} from "../rpc/backend.ts";
import type { Cheats } from "../rpc/cheats.ts";
import type { ChainSpec } from "../spec/spec.ts";
import { nextBaseFees } from "../transition/fees.ts";
import { callId } from "../transition/queue.ts";
import { agreedResults, attestationReport, committeeMembers } from "./attestationReports.ts";
import type { Attester } from "./attester.ts";
import type { ConsoleHistory } from "./console.ts";
import type { ExecutorClient } from "./executorClient.ts";
import type { Hosting } from "./hosting.ts";
import type { Intake } from "./intake.ts";
import type { OrderedCall, OrderedCalls } from "./orderedCalls.ts";
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
  readonly printed: ConsoleHistory | undefined;
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
    if (call) return { where: "ordered", transaction: call.signed, call: this.#progress(call) };
    const pending = intake.get(hash);
    if (pending) return { where: "pending", transaction: pending };
    const location =
      this.#recent.location(hash) ?? (await executor.call("transactionLocation", hash));
    const block = location && (await this.blockByNumber(location.number));
    return block && location && { where: "listed", block, index: location.index };
  }

  account(address: Address, block: bigint): Promise<AccountSummary | undefined> {
    return this.#parts.executor.call("account", { address, block });
  }

  storage(address: Address, slot: Hash, block: bigint): Promise<Hash> {
    return this.#parts.executor.call("storage", { address, slot, block });
  }

  async code(address: Address, block: bigint): Promise<Uint8Array> {
    return (await this.#parts.executor.call("code", { address, block })) ?? EMPTY_BYTES;
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

  async query({ transaction, unchecked, trace, block }: ChainQuery): Promise<QueryOutcome> {
    const context = await this.#contextOf(block);
    return this.#parts.readers.query({ context, query: { transaction, unchecked, trace } });
  }

  async queryContainer({ transaction, block }: ChainQuery): Promise<ExecutionResult> {
    const { spec, executor, hosting } = this.#parts;
    const facts = await executor.call("factsOf", transaction.to as Address);
    const committee = Math.min(spec.hosts.length, FAST_COMMITTEE);
    const gasLimit =
      transaction.gasLimit > spec.transactionGasMax ? spec.transactionGasMax : transaction.gasLimit;
    if (gasLimit < spec.orderGas) {
      return { status: "halt", gasUsed: gasLimit, reason: "OutOfGas: less than an order costs" };
    }
    const context = await this.#contextOf(block);
    const result = await hosting.query({
      contract: facts.contract,
      block: context,
      stateAt: block,
      calls: [
        {
          caller: transaction.sender,
          value: transaction.value,
          input: transaction.data,
          gasLimit: memberGasLimit(gasLimit, spec.orderGas, committee),
          seed: context.randomness,
        },
      ],
    });
    return { ...result, gasUsed: spec.orderGas + result.gasUsed * BigInt(committee) };
  }

  async containerCall(transaction: Hash): Promise<ContainerCallProgress | undefined> {
    const call = this.#parts.ordered.get(transaction);
    return call && this.#progress(call);
  }

  async attestations(transaction: Hash): Promise<AttestationReport | undefined> {
    const { executor, attester, spec } = this.#parts;
    const location = await executor.call("orderLocation", transaction);
    if (location === undefined) return undefined;
    const { contract, number, queueIndex } = location;
    const listed = await executor.call("transactionLocation", transaction);
    const block = listed && (await this.blockByNumber(listed.number));
    const certificate = block
      ? block.block.certificates.find(
          (one) => one.contract === contract && one.orderingNumber === number,
        )
      : attester.certificateFor(contract, queueIndex);
    const randomness = await executor.call("randomness", number);
    const later = await executor.call("randomness", number + BigInt(spec.committeeSeedDelay));
    const committee = drawCommittee(spec.hosts, committeeSeed(randomness, later, contract));
    if (certificate) return attestationReport(certificate, committee, listed?.number);
    // It waits, or was given up without a certificate.
    const orderingHash = (await this.blockByNumber(number))?.hash;
    if (orderingHash === undefined) return undefined;
    const indexes = { firstIndex: queueIndex, lastIndex: queueIndex };
    return {
      ...indexes,
      contract,
      orderedIn: number,
      orderingHash,
      committee: committeeMembers(committee),
      attestations: [],
      certificate: undefined,
    };
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
      container: isContainer
        ? await this.#containerSummary(address, payload, stored.payloadHash)
        : undefined,
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

  async #containerSummary(address: Address, manifest: Uint8Array, manifestHash: Hash) {
    const { executor, hosting } = this.#parts;
    const queue = await executor.call("queue", address);
    const driver = await hosting.driverFor({ address, manifest, manifestHash });
    return {
      manifest: new TextDecoder().decode(manifest),
      driver,
      queueLength: Number(queue.count),
      nextIndex: queue.nextIndex,
    };
  }

  async #contextOf(number: bigint): Promise<BlockContext> {
    const [known] = await this.headers(number, 1);
    if (known === undefined) {
      throw new InvalidInput({ code: "UNKNOWN_BLOCK", number }, `there is no block ${number}`);
    }
    const { header } = known;
    return {
      chainId: this.chainId,
      number,
      timestamp: header.timestamp,
      gasLimit: header.gasLimit,
      baseFee: header.baseFeePerGas,
      producer: header.producer,
      randomness: header.mixHash,
    };
  }

  #progress(call: OrderedCall): ContainerCallProgress {
    const { attester } = this.#parts;
    const contract = call.signed.transaction.to as Address;
    const { index, orderedIn } = call.entry;
    const certificate = attester.certificateFor(contract, index);
    return {
      stage: attester.stageOf(contract, index),
      callId: callId(this.chainId, orderedIn, index),
      contract,
      orderedIn,
      queueIndex: index,
      resultsHash: certificate && agreedResults(certificate),
    };
  }
}
