import { assert, bytesToBigint, type Hash, hashFromBytes, type StateDiff } from "@delchain/runtime";
import type { ExecutedBlock } from "../block/block.ts";
import { type BlockRules, decodeStoredBlock } from "../block/blockCodec.ts";
import type { Header } from "../block/header.ts";
import { decodeHeader, hashHeader } from "../block/headerCodec.ts";
import type { Receipt } from "../block/receipt.ts";
import type { ChainSpec } from "../spec/spec.ts";
import { decodeReceipts, writeBlockRecords } from "./blockRecords.ts";
import { BoundedCache } from "./boundedCache.ts";
import { ChainView, type ViewSource } from "./chainView.ts";
import type { StateCommitment } from "./commitment.ts";
import { Database } from "./database.ts";
import { FlatState } from "./flatState.ts";
import { HISTORY_BLOCKS, History, requireKept } from "./history.ts";
import { hashKey, META_KEY, numberKey } from "./keys.ts";
import { MptCommitment } from "./mptCommitment.ts";
import { openGenesis } from "./openGenesis.ts";
import { baseOf, type PendingState, type PreparedState, prepareState } from "./preparedState.ts";
import {
  decodeOrderLocation,
  decodeTransactionLocation,
  encodeMeta,
  encodeUndo,
  type Head,
  type Meta,
  type OrderLocation,
  type TransactionLocation,
  type Undo,
} from "./records.ts";
import { deleteBlockRecords, undoDiff } from "./rewind.ts";
import { type ProofQuestion, proveState, requireProvable, type StateProof } from "./stateProof.ts";

/** Twice a view's window, about 200 bytes each. */
const HASH_CACHE_ENTRIES = 512;

/**
 * Opens the store in the folder `path`, and begins it with the spec's genesis block when the folder is empty.
 * Throws `InvalidInput` when it belongs to another chain or program, `Unavailable` when it is locked or damaged.
 */
export async function openChainStore(path: string, spec: ChainSpec): Promise<ChainStore> {
  const database = await Database.open(path);
  try {
    const commitment = new MptCommitment();
    const { meta, begin } = await openGenesis(database, spec, commitment);
    const store = new ChainStore({ database, commitment, rules: spec, meta });
    if (begin) await store.commit(await store.prepare(begin.diff), begin.executed);
    return store;
  } catch (error) {
    await database.close();
    throw error;
  }
}

type StoreParts = {
  readonly database: Database;
  readonly commitment: StateCommitment;
  readonly rules: BlockRules;
  readonly meta: Meta;
};

/**
 * Blocks, receipts, indexes and states of one chain in one database. Reads are synchronous, and answer for blocks
 * up to the head; `viewAt`, `headerByNumber` and `hashByNumber` also for the tip, which the next block is built
 * on. A block is committed whole: after a crash at any moment the store ends with it or with its parent.
 */
export class ChainStore {
  readonly #database: Database;
  readonly #commitment: StateCommitment;
  readonly #rules: BlockRules;
  readonly #flat: FlatState;
  readonly #history: History;
  readonly #source: ViewSource;
  readonly #hashes = new BoundedCache<bigint, Hash>(HASH_CACHE_ENTRIES);
  readonly #pending = new WeakMap<PreparedState, PendingState & { readonly parent: Hash }>();
  #meta: Meta;
  #tip: Head;
  /** The oldest state that a rewound chain still has; 0 for one that never was. */
  #floor: bigint;
  #rewinds = 0;

  /** For `openChainStore`, which alone knows that the database is this chain's. */
  constructor(parts: StoreParts) {
    const { database, meta } = parts;
    this.#database = database;
    this.#commitment = parts.commitment;
    this.#rules = parts.rules;
    this.#meta = meta;
    this.#tip = meta.head;
    this.#floor = oldestUndone(database, meta.head.number);
    this.#flat = new FlatState(database);
    this.#history = new History(database);
    this.#source = {
      flat: this.#flat,
      history: this.#history,
      tipNumber: () => this.#tip.number,
      blockHash: (number) => this.hashByNumber(number),
    };
  }

  /** The last block that is on disk: what may be shown to others. */
  head(): Head {
    return this.#meta.head;
  }

  /** The last committed block, on disk or on its way there: what the next block is built on. */
  tip(): Head {
    return this.#tip;
  }

  /** The state as block `number` left it, of the head by default. Throws `InvalidInput<StatePruned>`. */
  viewAt(number: bigint = this.#meta.head.number): ChainView {
    requireKept(number, this.#tip.number, this.#floor);
    return new ChainView(this.#source, number);
  }

  headerByNumber(number: bigint): Header | undefined {
    if (!this.#holds(number)) return undefined;
    return this.#database.read(`header ${number}`, numberKey("header", number), decodeHeader);
  }

  blockByNumber(number: bigint): ExecutedBlock | undefined {
    const receipts = this.receipts(number);
    if (!receipts) return undefined;
    const key = numberKey("block", number);
    const block = this.#database.read(`block ${number}`, key, (bytes) =>
      decodeStoredBlock(bytes, this.#rules),
    );
    return block && { block, receipts };
  }

  /** The receipts of a block, in the order of its transactions. */
  receipts(number: bigint): readonly Receipt[] | undefined {
    if (!this.#isShown(number)) return undefined;
    const key = numberKey("receipts", number);
    return this.#database.read(`receipts of ${number}`, key, decodeReceipts);
  }

  hashByNumber(number: bigint): Hash | undefined {
    if (!this.#holds(number)) return undefined;
    const cached = this.#hashes.get(number);
    if (cached) return cached;
    const key = numberKey("blockHash", number);
    const hash = this.#database.read(`hash of block ${number}`, key, hashFromBytes);
    if (hash) this.#hashes.set(number, hash);
    return hash;
  }

  numberByHash(hash: Hash): bigint | undefined {
    const key = hashKey("blockNumber", hash);
    const number = this.#database.read(`number of ${hash}`, key, bytesToBigint);
    return number !== undefined && this.#isShown(number) ? number : undefined;
  }

  /** Where a listed transaction stands. */
  transactionLocation(hash: Hash): TransactionLocation | undefined {
    const key = hashKey("transaction", hash);
    const location = this.#database.read(`location of ${hash}`, key, decodeTransactionLocation);
    return location && this.#isShown(location.number) ? location : undefined;
  }

  /** Where a container call was ordered, before and after it is listed. */
  orderLocation(hash: Hash): OrderLocation | undefined {
    const key = hashKey("order", hash);
    const location = this.#database.read(`order of ${hash}`, key, decodeOrderLocation);
    return location && this.#isShown(location.number) ? location : undefined;
  }

  /**
   * Works out which root a diff on top of the tip leads to, so that a header can name it. Writes nothing; any
   * number of diffs may be prepared, and one of them committed.
   */
  async prepare(diff: StateDiff): Promise<PreparedState> {
    const parent = this.#tip;
    const parts = {
      database: this.#database,
      flat: this.#flat,
      commitment: this.#commitment,
    };
    const { prepared, pending } = await prepareState(parts, parent.stateRoot, diff);
    assert(this.#tip === parent, "a block was committed while another one's state was prepared");
    this.#pending.set(prepared, { ...pending, parent: parent.hash });
    return prepared;
  }

  discard(prepared: PreparedState): void {
    this.#pending.delete(prepared);
  }

  /**
   * Writes a block with everything that it leads to, in one batch with fsync, and resolves when that is on disk.
   * Views and `tip` have it as soon as the batch before it is written. `queueIndexes` are those of the block's
   * orders. Throws `Unavailable` when the disk fails; then the store must be opened again.
   */
  async commit(
    prepared: PreparedState,
    executed: ExecutedBlock,
    queueIndexes: readonly bigint[] = [],
  ): Promise<void> {
    const pending = this.#pending.get(prepared);
    assert(pending, "a state is committed that was not prepared here, was discarded or committed");
    this.#pending.delete(prepared);
    await this.#database.settled();
    const head = this.#follow(pending.parent, prepared, executed);

    const { batch, diff, undo, wiped } = pending;
    writeBlockRecords(batch, head.hash, executed, queueIndexes);
    batch.put(numberKey("undo", head.number), encodeUndo(undo));
    if (head.number >= HISTORY_BLOCKS) {
      batch.delete(numberKey("undo", head.number - HISTORY_BLOCKS));
    }
    const meta: Meta = { ...this.#meta, head };
    batch.put(META_KEY, encodeMeta(meta));
    const written = this.#database.write(batch);

    for (const [address, slots] of wiped) this.#flat.forget(address, slots);
    this.#flat.refresh(diff);
    this.#history.remember(head.number, undo);
    this.#tip = head;
    await written;
    this.#meta = meta;
  }

  /** Throws `InvalidInput<StatePruned | ProofTooOld>`. */
  async prove(number: bigint, question: ProofQuestion): Promise<StateProof> {
    const tip = this.#tip;
    try {
      const view = this.viewAt(number);
      requireProvable(number, tip.number);
      const header = this.headerByNumber(number);
      assert(header, `the store misses block ${number}`);
      const undos = Array.from({ length: Number(tip.number - number) }, (_, i) =>
        this.#history.undo(number + 1n + BigInt(i)),
      );
      const base = baseOf({ database: this.#database, flat: this.#flat }, tip.stateRoot);
      const { stateRoot } = header;
      const proof = await proveState(this.#commitment, base, { view, undos, stateRoot }, question);
      if (this.#tip === tip) return proof;
    } catch (error) {
      if (this.#tip === tip) throw error;
    }
    // A block came meanwhile, and what was read may be of both.
    return this.prove(number, question);
  }

  /** How often blocks were undone: a view of a number from before may be of a block that is gone. */
  get rewinds(): number {
    return this.#rewinds;
  }

  /**
   * Undoes the blocks after `number`, in one batch with fsync: state, receipts and indexes are as if they had never
   * been. Only chains with cheats do that. Throws `InvalidInput<StatePruned>` for a state that is not kept.
   */
  async rewind(number: bigint): Promise<void> {
    await this.#database.settled();
    const tip = this.#tip.number;
    requireKept(number, tip, this.#floor);
    const undone: { readonly hash: Hash; readonly executed: ExecutedBlock; readonly undo: Undo }[] =
      [];
    for (let next = number + 1n; next <= tip; next++) {
      const executed = this.blockByNumber(next);
      const hash = this.hashByNumber(next);
      assert(executed && hash, `the store misses block ${next}`);
      undone.push({ hash, executed, undo: this.#history.undo(next) });
    }
    const header = this.headerByNumber(number);
    const hash = this.hashByNumber(number);
    assert(header && hash, `the store misses block ${number}`);
    const prepared = await this.prepare(undoDiff(undone.map(({ undo }) => undo)));
    assert(
      prepared.stateRoot === header.stateRoot,
      `undoing leads to another root than ${number}'s`,
    );
    const pending = this.#pending.get(prepared);
    assert(pending, "a state that was just prepared is there");
    this.#pending.delete(prepared);
    const { batch, diff, wiped } = pending;
    for (const one of undone) deleteBlockRecords(batch, one.hash, one.executed);
    const meta: Meta = { ...this.#meta, head: { number, hash, stateRoot: header.stateRoot } };
    batch.put(META_KEY, encodeMeta(meta));
    await this.#database.write(batch);
    for (const [address, slots] of wiped) this.#flat.forget(address, slots);
    this.#flat.refresh(diff);
    this.#history.clear();
    this.#hashes.clear();
    this.#floor = oldestUndone(this.#database, number);
    this.#rewinds++;
    this.#tip = meta.head;
    this.#meta = meta;
  }

  /** Waits for the block that is being written. Every later use throws `Unavailable`. */
  async close(): Promise<void> {
    await this.#database.close();
  }

  /** Checks that the block goes on top of the tip that its state was prepared on. */
  #follow(parent: Hash, prepared: PreparedState, { block, receipts }: ExecutedBlock): Head {
    const { header, transactions } = block;
    assert(this.#tip.hash === parent, `block ${header.number} was prepared on another parent`);
    assert(header.parentHash === parent, `block ${header.number} names another parent`);
    assert(header.number === this.#tip.number + 1n, `block ${header.number} skips a number`);
    assert(
      header.stateRoot === prepared.stateRoot,
      `block ${header.number} names root ${header.stateRoot}, its state has ${prepared.stateRoot}`,
    );
    assert(receipts.length === transactions.length, `block ${header.number} misses receipts`);
    return { number: header.number, hash: hashHeader(header), stateRoot: header.stateRoot };
  }

  #isShown(number: bigint): boolean {
    return number >= 0n && number <= this.#meta.head.number;
  }

  #holds(number: bigint): boolean {
    return number >= 0n && number <= this.#tip.number;
  }
}

/** The oldest block whose state the undos that are there lead back to: after a rewind there may be few. */
function oldestUndone(database: Database, head: bigint): bigint {
  const first = head > HISTORY_BLOCKS ? head - HISTORY_BLOCKS : 0n;
  let oldest = head > 0n ? head : 0n;
  while (oldest > first && database.get(numberKey("undo", oldest))) oldest--;
  return oldest;
}
