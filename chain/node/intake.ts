import { type Address, type Hash, InvalidInput } from "@delchain/runtime";
import { MempoolJournal } from "../mempool/journal.ts";
import { Mempool } from "../mempool/mempool.ts";
import type { AccountFacts, BaseFees, Lane } from "../mempool/pooled.ts";
import type { Selection } from "../mempool/selection.ts";
import type { KnownBlock } from "../rpc/backend.ts";
import type { ChainSpec } from "../spec/spec.ts";
import { nextBaseFees } from "../transition/fees.ts";
import { type DecodedTransaction, decodeTransaction } from "../tx/codec.ts";
import { checkTransaction } from "../tx/intrinsic.ts";
import { signerUnknown, withSender } from "../tx/signer.ts";
import type { SignedTransaction } from "../tx/transaction.ts";
import { transactionBytes } from "./blockBytes.ts";
import type { AdmissionFacts, Produced } from "./chainAnswers.ts";
import type { ExecutorClient } from "./executorClient.ts";
import type { Log } from "./log.ts";
import type { OrderedCalls } from "./orderedCalls.ts";
import type { RecoveryPool } from "./recoveryPool.ts";

export type IntakeParts = {
  readonly spec: ChainSpec;
  readonly recovery: RecoveryPool;
  readonly executor: ExecutorClient;
  readonly ordered: OrderedCalls;
  /** The journal's file. */
  readonly journal: string;
  readonly head: KnownBlock;
  readonly onPending: (signed: SignedTransaction) => void;
  readonly log: Log;
};

/** Transactions of the journal that are looked at together when a node starts: an eighth of what may wait. */
const RESTORE_BATCH = 4_096;

/**
 * The journal is written anew when this much of it, and as much as is live, is of no use any more: about 8,000
 * transfers, which take half a second to look at when the node starts.
 */
const JOURNAL_SLACK_BYTES: number = 1024 * 1024;

/** A base fee that has risen since is no reason to forget what was accepted. */
const NO_BASE_FEES: BaseFees = { execute: 0n, order: 0n };

/**
 * The way in: bytes to a transaction that waits for its block. A hash that is returned is in the journal, so
 * that no crash loses it; what the journal holds comes back when the node starts.
 */
export class Intake {
  readonly #parts: IntakeParts;
  readonly #mempool: Mempool;
  readonly #journal: MempoolJournal;
  readonly #facts: FactsReader;
  #trimming: Promise<void> | undefined;

  private constructor(parts: IntakeParts, mempool: Mempool, journal: MempoolJournal) {
    this.#parts = parts;
    this.#mempool = mempool;
    this.#journal = journal;
    this.#facts = new FactsReader(parts.executor);
  }

  static async open(parts: IntakeParts): Promise<Intake> {
    const { spec, head, ordered } = parts;
    const mempool = new Mempool(spec, (sender, nonce) => ordered.orderedIn(sender, nonce));
    const { journal, transactions } = await MempoolJournal.open({
      path: parts.journal,
      live: () => mempool.all().map(({ raw }) => raw),
    });
    const { number } = head.block.header;
    const accounts = new Map<Address, AccountFacts>();
    mempool.advance({ number, baseFees: NO_BASE_FEES, accounts, containers: [] });
    const intake = new Intake(parts, mempool, journal);
    await intake.#restore(transactions);
    mempool.advance({ number, baseFees: nextBaseFees(head.block, spec), accounts, containers: [] });
    intake.#trimJournal();
    return intake;
  }

  /** Throws `InvalidInput` of `chain/tx` and the mempool, `Unavailable` when this machine cannot take more. */
  async submit(raw: Uint8Array): Promise<Hash> {
    const signed = await this.#admit(raw);
    try {
      await this.#journal.append(signed.raw);
    } catch (error) {
      this.#mempool.remove(signed.hash);
      throw error;
    }
    this.#parts.onPending(signed);
    return signed.hash;
  }

  get(hash: Hash): SignedTransaction | undefined {
    return this.#mempool.get(hash);
  }

  nextNonce(sender: Address, nonce: bigint): bigint {
    return this.#mempool.nextNonce(sender, nonce);
  }

  status(): { readonly pending: number; readonly queued: number } {
    return this.#mempool.status();
  }

  /** What the next block could hold when it also settles so many calls of each contract. */
  select(settled: ReadonlyMap<Address, number>): Selection {
    const { spec, ordered } = this.#parts;
    return this.#mempool.select({
      gas: { execute: spec.blockGasLimit, order: spec.containerGasLimit },
      ordersMax: spec.ordersMax,
      bytes: transactionBytes(spec),
      queueRoom: (contract) =>
        spec.queueLengthMax - ordered.countOf(contract) + (settled.get(contract) ?? 0),
    });
  }

  /** Follows a block: forgets what it holds, and what it refused. */
  advance({ block, refused, changed, containers }: Produced): void {
    const { spec, log } = this.#parts;
    const { number } = block.block.header;
    const accounts = new Map<Address, AccountFacts>();
    for (const { address, ...account } of changed) {
      accounts.set(address, { ...account, block: number });
    }
    this.#mempool.advance({
      number,
      baseFees: nextBaseFees(block.block, spec),
      accounts,
      containers,
    });
    for (const { transaction, reason, isTemporary } of refused) {
      if (transaction === undefined || isTemporary) continue;
      log.info({ transaction, reason }, "a transaction cannot stand in a block");
      this.#mempool.refuse(transaction);
    }
    this.#trimJournal();
  }

  /** Begins anew on another head, with nothing waiting: the chain was rewound. */
  async reset(head: KnownBlock): Promise<void> {
    const { block } = head;
    for (const { hash } of this.#mempool.all()) this.#mempool.remove(hash);
    const { number } = block.header;
    const baseFees = nextBaseFees(block, this.#parts.spec);
    this.#mempool.advance({ number, baseFees, accounts: new Map(), containers: [] });
    await this.#trimming;
    // What the journal holds was made for blocks that are gone, and must not come back with a start.
    await this.#journal.rewrite();
  }

  /** Forgets what no block can be made with. Until the journal is written anew it comes back when the node starts. */
  setAside(transactions: readonly SignedTransaction[], error: unknown): void {
    for (const { hash } of transactions) {
      this.#parts.log.error({ transaction: hash, error }, "no block can be made with it");
      this.#mempool.remove(hash);
    }
  }

  async close(): Promise<void> {
    await this.#trimming;
    await this.#journal.close();
  }

  async #admit(raw: Uint8Array): Promise<SignedTransaction> {
    const { spec, recovery } = this.#parts;
    const decoded = decodeTransaction(raw, spec);
    checkTransaction(decoded.transaction, spec);
    const [signed] = (await recovery.addSenders([decoded])) as [SignedTransaction];
    const { sender: address, transaction } = signed;
    for (;;) {
      const facts = await this.#facts.read(address, transaction.to);
      const { block, sender, isContainer, notOrderable } = facts;
      const lane = laneOf(signed, isContainer);
      if (lane === "order" && notOrderable) {
        throw new InvalidInput(notOrderable.facts, notOrderable.message);
      }
      if (this.#mempool.add(signed, lane, { ...sender, block }) === "added") return signed;
      // A block came between the question and the answer; the next answer knows it.
    }
  }

  /** What was in the mempool when the node stopped; a block may have used it since. */
  async #restore(journalled: readonly Uint8Array[]): Promise<void> {
    const signed: SignedTransaction[] = [];
    for (const batch of batchesOf(journalled)) signed.push(...(await this.#readJournalled(batch)));
    // A replacement stands in the journal after higher nonces; in the order of nonces none is too far ahead.
    signed.sort((left, right) => Number(left.transaction.nonce - right.transaction.nonce));
    for (const batch of batchesOf(signed)) {
      const questions = batch.map(({ sender, transaction: { to } }) => ({ sender, to }));
      const answers = await this.#parts.executor.call("admissionFacts", questions);
      batch.forEach((one, i) => {
        const { block, sender, isContainer } = answers[i] as AdmissionFacts;
        const add = () => this.#mempool.add(one, laneOf(one, isContainer), { ...sender, block });
        this.#unlessRefused(add);
      });
    }
  }

  async #readJournalled(batch: readonly Uint8Array[]): Promise<readonly SignedTransaction[]> {
    const { spec, recovery } = this.#parts;
    const decoded: DecodedTransaction[] = [];
    for (const raw of batch) {
      this.#unlessRefused(() => void decoded.push(decodeTransaction(raw, spec)));
    }
    const senders = await recovery.recover(decoded);
    const signed: SignedTransaction[] = [];
    decoded.forEach((one, i) => {
      this.#unlessRefused(() => {
        const sender = senders[i];
        if (sender === undefined) throw signerUnknown();
        checkTransaction(one.transaction, spec);
        signed.push(withSender(one, sender));
      });
    });
    return signed;
  }

  #unlessRefused(act: () => void): void {
    try {
      act();
    } catch (error) {
      if (!(error instanceof InvalidInput)) throw error;
      this.#parts.log.debug(
        { reason: error.message },
        "a journalled transaction is no longer wanted",
      );
    }
  }

  /** Keeps the journal near the length of what it is for, so that a node starts as fast after a year. */
  #trimJournal(): void {
    const { size } = this.#journal;
    if (this.#trimming || size <= JOURNAL_SLACK_BYTES) return;
    const live = this.#mempool.all().reduce((sum, { raw }) => sum + raw.length, 0);
    if (size <= JOURNAL_SLACK_BYTES + 2 * live) return;
    this.#trimming = this.#journal
      .rewrite()
      .catch((error: unknown) => this.#parts.log.warn({ error }, "the journal stays as it is"))
      .finally(() => {
        this.#trimming = undefined;
      });
  }
}

function* batchesOf<Item>(items: readonly Item[]): Generator<readonly Item[]> {
  for (let start = 0; start < items.length; start += RESTORE_BATCH) {
    yield items.slice(start, start + RESTORE_BATCH);
  }
}

/** Calls of containers are ordered; plain value to one is not. */
function laneOf({ transaction }: SignedTransaction, isContainer: boolean): Lane {
  return isContainer && transaction.data.length > 0 ? "order" : "execute";
}

/** Asks for many transactions' facts in one message: those that came in one turn of the event loop. */
class FactsReader {
  readonly #executor: ExecutorClient;
  #questions: { readonly sender: Address; readonly to: Address | undefined }[] = [];
  #answers: Promise<readonly AdmissionFacts[]> | undefined;

  constructor(executor: ExecutorClient) {
    this.#executor = executor;
  }

  async read(sender: Address, to: Address | undefined): Promise<AdmissionFacts> {
    const place = this.#questions.push({ sender, to }) - 1;
    this.#answers ??= this.#ask();
    return (await this.#answers)[place] as AdmissionFacts;
  }

  async #ask(): Promise<readonly AdmissionFacts[]> {
    await new Promise<void>((resolve) => setImmediate(resolve));
    const questions = this.#questions;
    this.#questions = [];
    this.#answers = undefined;
    return this.#executor.call("admissionFacts", questions);
  }
}
