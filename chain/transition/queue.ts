import {
  type Address,
  type BlockExecution,
  bigintToBytes,
  concatBytes,
  type Hash,
  type Hex,
  keccak256,
  toHash,
  ZERO_HASH,
} from "@delchain/runtime";
import type { Level } from "../attest/levels.ts";
import { mappingSlot, toWord } from "../system/solidityStorage.ts";

/**
 * The QUEUE system contract: which container calls are ordered and not yet certified. It lies in ordinary
 * storage, so it is in the state root, provable, and survives a restart. In Solidity's terms:
 *
 *     uint64 next; uint64 waiting;                     // slot 0: the next queue index, from 1, and all entries
 *     mapping(address => struct { uint64 first; uint64 last; uint64 count; uint64 settledIn; }) contracts; // slot 1
 *     mapping(uint64 => struct { bytes32 transaction; uint64 orderedIn; uint64 next; uint128 price; }) entries; // 2
 *     mapping(address => struct { bytes32 commitments; uint64 lastIndex; uint64 number; }) strong;        // slot 3
 *     mapping(address => struct { bytes32 commitments; uint64 lastIndex; uint64 number; }) all;           // slot 4
 *
 * A contract's entries are a list in queue order through `next`; index 0 ends it.
 */
export type QueueEntry = {
  readonly index: bigint;
  readonly transactionHash: Hash;
  readonly orderedIn: bigint;
  /** The contract's next entry, 0 for none. */
  readonly next: bigint;
  /** What was locked per gas, in wei. */
  readonly price: bigint;
};

export type QueueTotals = { readonly next: bigint; readonly waiting: bigint };

export type ContractQueue = {
  readonly first: bigint;
  readonly last: bigint;
  readonly count: bigint;
  /** The block that took the calls before `first` off the list; 0 when the list was empty since. */
  readonly settledIn: bigint;
};

type Reader = Pick<BlockExecution, "storage">;

const TOTALS_SLOT: Hash = ZERO_HASH;
const CONTRACTS_SLOT = 1n;
const ENTRIES_SLOT = 2n;
const STRONG_SLOT = 3n;
/** Levels whose commitments a block fixes: the fast one's members must all agree, and need no block. */
const FIXED_LEVELS: readonly Level[] = ["strong", "all"];
const UINT64_MASK = 2n ** 64n - 1n;
const UINT128_MASK = 2n ** 128n - 1n;

/** The next index, and how many calls of all contracts wait. */
export function readQueueTotals(state: Reader, queue: Address): QueueTotals {
  const totals = BigInt(state.storage(queue, TOTALS_SLOT));
  const next = totals & UINT64_MASK;
  return { next: next === 0n ? 1n : next, waiting: (totals >> 64n) & UINT64_MASK };
}

/** All entries that wait, newest first. A call that waits for long makes it look at every index since. */
export function* waitingEntries(state: Reader, queue: Address): Generator<QueueEntry> {
  let { next, waiting } = readQueueTotals(state, queue);
  while (waiting > 0n && next > 1n) {
    next -= 1n;
    const entry = readEntry(state, queue, next);
    if (entry === undefined) continue;
    waiting -= 1n;
    yield entry;
  }
}

export function readContractQueue(state: Reader, queue: Address, contract: Address): ContractQueue {
  const word = BigInt(state.storage(queue, contractSlot(contract)));
  return {
    first: word >> 192n,
    last: (word >> 128n) & UINT64_MASK,
    count: (word >> 64n) & UINT64_MASK,
    settledIn: word & UINT64_MASK,
  };
}

/**
 * The block whose state a contract's first calls see, which `orderedIn` ordered: nothing of the contract's own is
 * changed after it before they are certified, and whoever runs them, whenever, sees the same balances of others.
 */
export function stateOfCalls({ settledIn }: ContractQueue, orderedIn: bigint): bigint {
  return settledIn > orderedIn ? settledIn : orderedIn;
}

/** Whether a contract's list has the call of this transaction. */
export function isWaiting(state: Reader, queue: Address, contract: Address, hash: Hash): boolean {
  let index = readContractQueue(state, queue, contract).first;
  while (index !== 0n) {
    const entry = readEntry(state, queue, index);
    if (entry === undefined) return false;
    if (entry.transactionHash === hash) return true;
    index = entry.next;
  }
  return false;
}

export function readEntry(state: Reader, queue: Address, index: bigint): QueueEntry | undefined {
  const slots = entrySlots(index);
  const transactionHash = state.storage(queue, slots.transaction);
  if (transactionHash === ZERO_HASH) return undefined;
  const word = BigInt(state.storage(queue, slots.rest));
  return {
    index,
    transactionHash,
    orderedIn: word >> 192n,
    next: (word >> 128n) & UINT64_MASK,
    price: word & UINT128_MASK,
  };
}

/** Appends a call to its contract's list and returns its entry. */
export function appendEntry(
  execution: BlockExecution,
  queue: Address,
  contract: Address,
  order: { transactionHash: Hash; orderedIn: bigint; price: bigint },
): QueueEntry {
  const { next: index, waiting } = readQueueTotals(execution, queue);
  const list = readContractQueue(execution, queue, contract);
  const entry: QueueEntry = { index, ...order, next: 0n };
  const slots = [
    totalsSlot({ next: index + 1n, waiting: waiting + 1n }),
    ...encodeEntry(entry),
    {
      slot: contractSlot(contract),
      value: encodeList({
        first: list.count === 0n ? index : list.first,
        last: index,
        count: list.count + 1n,
        settledIn: list.settledIn,
      }),
    },
  ];
  const previous = list.count === 0n ? undefined : readEntry(execution, queue, list.last);
  if (previous) slots.push(...encodeEntry({ ...previous, next: index }));
  execution.write({ address: queue, slots });
  return entry;
}

/** Takes the first `entries.length` entries off a contract's list in a block; they must be its first ones, in order. */
export function removeEntries(
  execution: BlockExecution,
  queue: Address,
  contract: Address,
  entries: readonly QueueEntry[],
  settledIn: bigint,
): void {
  const list = readContractQueue(execution, queue, contract);
  const count = list.count - BigInt(entries.length);
  const first = entries.at(-1)?.next ?? list.first;
  const slots = entries.flatMap(({ index }) => {
    const { transaction, rest } = entrySlots(index);
    return [
      { slot: transaction, value: ZERO_HASH },
      { slot: rest, value: ZERO_HASH },
    ];
  });
  const value = count === 0n ? ZERO_HASH : encodeList({ first, last: list.last, count, settledIn });
  const { next, waiting } = readQueueTotals(execution, queue);
  slots.push(
    { slot: contractSlot(contract), value },
    totalsSlot({ next, waiting: waiting - BigInt(entries.length) }),
  );
  execution.write({ address: queue, slots });
  clearFixed(execution, queue, contract);
}

/** What a committee's members have committed to for a contract's first calls; a block fixed it. */
export type FixedCommitments = {
  /** keccak-256 of the list, and of what it is about. */
  readonly hash: Hash;
  /** The batch's last queue index; its first is the contract's first. */
  readonly lastIndex: bigint;
  /** The block that holds the list. */
  readonly number: bigint;
};

/**
 * `undefined` when no block has fixed any at this level since the contract's first call became the first. `key` is the
 * contract, or what names the challenge of one (verdict.ts).
 */
export function readFixed(
  state: Reader,
  queue: Address,
  key: Hex,
  level: Level,
): FixedCommitments | undefined {
  const slots = fixedSlots(key, level);
  const hash = state.storage(queue, slots.hash);
  if (hash === ZERO_HASH) return undefined;
  const rest = BigInt(state.storage(queue, slots.rest));
  return { hash, lastIndex: rest >> 192n, number: (rest >> 128n) & UINT64_MASK };
}

export function writeFixed(
  execution: BlockExecution,
  queue: Address,
  key: Hex,
  level: Level,
  { hash, lastIndex, number }: FixedCommitments,
): void {
  const slots = fixedSlots(key, level);
  const rest = toWord((lastIndex << 192n) | (number << 128n));
  execution.write({
    address: queue,
    slots: [
      { slot: slots.hash, value: hash },
      { slot: slots.rest, value: rest },
    ],
  });
}

/** Forgets what was fixed: what it was about has ended. */
export function clearFixed(execution: BlockExecution, queue: Address, key: Hex): void {
  const slots = FIXED_LEVELS.filter((level) => readFixed(execution, queue, key, level)).flatMap(
    (level) => Object.values(fixedSlots(key, level)),
  );
  if (slots.length === 0) return;
  execution.write({ address: queue, slots: slots.map((slot) => ({ slot, value: ZERO_HASH })) });
}

function fixedSlots(key: Hex, level: Level): { hash: Hash; rest: Hash } {
  const hash = mappingSlot(key, STRONG_SLOT + BigInt(FIXED_LEVELS.indexOf(level)));
  return { hash, rest: toWord(BigInt(hash) + 1n) };
}

function totalsSlot({ next, waiting }: QueueTotals): { slot: Hash; value: Hash } {
  return { slot: TOTALS_SLOT, value: toWord((waiting << 64n) | next) };
}

function encodeList({ first, last, count, settledIn }: ContractQueue): Hash {
  return toWord((first << 192n) | (last << 128n) | (count << 64n) | settledIn);
}

function encodeEntry(entry: QueueEntry): { slot: Hash; value: Hash }[] {
  const { transaction, rest } = entrySlots(entry.index);
  const value = toWord((entry.orderedIn << 192n) | (entry.next << 128n) | entry.price);
  return [
    { slot: transaction, value: entry.transactionHash },
    { slot: rest, value },
  ];
}

function contractSlot(contract: Address): Hash {
  return mappingSlot(contract, CONTRACTS_SLOT);
}

function entrySlots(index: bigint): { transaction: Hash; rest: Hash } {
  const transaction = mappingSlot(toWord(index), ENTRIES_SLOT);
  return { transaction, rest: toWord(BigInt(transaction) + 1n) };
}

/** keccak-256 of chain id, ordering block number and queue index, 32 bytes each: no signature enters it. */
export function callId(chainId: bigint, orderedIn: bigint, index: bigint): Hash {
  const fields = [chainId, orderedIn, index].map((field) => bigintToBytes(field, 32));
  return toHash(keccak256(concatBytes(...fields)));
}
