import { type Address, concatBytes, fromHex, type Hash, keccak256 } from "@delchain/runtime";
import type { ContractRules } from "../spec/spec.ts";
import {
  arraySlot,
  mappingSlot,
  nextSlot,
  packWord,
  type StorageReader,
  toWord,
  unpackWord,
  wordToAddress,
} from "./solidityStorage.ts";

// What the protocol reads in CONTRACTS (Contracts.sol).

const STATUSES = ["undeclared", "pending", "active", "suspended", "retired"] as const;
const FUNDINGS = ["funded", "frozen", "archived"] as const;

export type ContractRecord = {
  readonly status: (typeof STATUSES)[number];
  readonly funding: (typeof FUNDINGS)[number];
  /** It takes no orders until its queue is empty and it is rolled back. */
  readonly isDraining: boolean;
  /** The call that switches to the candidate; 0 for none. */
  readonly switchIndex: bigint;
  /** Whose manifest it runs; `undefined` when it has declared nothing. */
  readonly version: Address | undefined;
};

/** What was run before the present version, and until when one can go back. */
export type VersionHistory = {
  readonly previous: Address | undefined;
  /** The block of the switch. */
  readonly activatedAt: bigint;
  readonly hasMovedValue: boolean;
};

const POLICIES_SLOT = 2n;
const CONTRACTS_SLOT = 4n;
const CANDIDATES_SLOT = 5n;
const SAID_SLOT = 6n;
const DRAINING_SLOT = 8n;
const DUE_SLOT = 10n;

export function readContract(
  state: StorageReader,
  registry: Address,
  contract: Address,
): ContractRecord {
  const word = state.storage(registry, mappingSlot(contract, CONTRACTS_SLOT));
  const [status, funding, isDraining, switchIndex, version] = unpackWord(word, [8, 8, 8, 64, 160]);
  return {
    status: STATUSES[Number(status)] as ContractRecord["status"],
    funding: FUNDINGS[Number(funding)] as ContractRecord["funding"],
    isDraining: isDraining !== 0n,
    switchIndex,
    version: toAddressOrNone(version),
  };
}

export function readHistory(
  state: StorageReader,
  registry: Address,
  contract: Address,
): VersionHistory {
  const [previous, activatedAt, hasMovedValue] = unpackWord(
    state.storage(registry, fieldSlot(contract, 1n)),
    [160, 64, 8],
  );
  return {
    previous: toAddressOrNone(previous),
    activatedAt,
    hasMovedValue: hasMovedValue !== 0n,
  };
}

/** Calls below this queue index are paid out while the contract is suspended. */
export function readSuspendedBefore(
  state: StorageReader,
  registry: Address,
  contract: Address,
): bigint {
  const [suspendedBefore] = unpackWord(state.storage(registry, fieldSlot(contract, 2n)), [64]);
  return suspendedBefore;
}

/** What is left of what was paid in for a contract, in wei, when its rent was settled last. */
export function readEscrow(state: StorageReader, registry: Address, contract: Address): bigint {
  return unpackWord(state.storage(registry, fieldSlot(contract, 3n)), [128])[0];
}

/** Whether strikes count against the contract, so that its calls are counted. */
export function hasStrikes(state: StorageReader, registry: Address, contract: Address): boolean {
  const [, calls] = unpackWord(state.storage(registry, fieldSlot(contract, 3n)), [128, 64]);
  return calls !== 0n;
}

/** A version that hosts may say they are ready for. */
export type StagedVersion = {
  readonly version: Address;
  /** Who decides about the contract, as the version that it runs has it. */
  readonly admin: Address | undefined;
  /** It has run before, and would be gone back to. */
  readonly isFormer: boolean;
  /** It is the contract's first. */
  readonly isFirst: boolean;
  /** Hosts that its manifest asks for, and those that are ready. */
  readonly replicas: number;
  readonly ready: number;
  /** Wei a block that it pays each of them at most. */
  readonly priceCap: bigint;
  /** Of the contract's proposals. */
  readonly round: bigint;
};

/** What waits for hosts of a contract; `undefined` when nothing does. */
export function readStaged(
  state: StorageReader,
  registry: Address,
  contract: Address,
): StagedVersion | undefined {
  const slot = mappingSlot(contract, CANDIDATES_SLOT);
  const [address, , , ready] = unpackWord(state.storage(registry, slot), [160, 64, 16, 16]);
  const version = toAddressOrNone(address);
  const record = readContract(state, registry, contract);
  if (version === undefined || record.switchIndex !== 0n) return undefined;
  const policy = mappingSlot(version, POLICIES_SLOT);
  const [, , replicas] = unpackWord(state.storage(registry, policy), [160, 8, 16]);
  const [priceCap] = unpackWord(state.storage(registry, nextSlot(policy, 1n)), [128]);
  return {
    version,
    admin: readAdmin(state, registry, record.version),
    isFormer: readHistory(state, registry, contract).previous === version,
    isFirst: record.status === "pending",
    replicas: Number(replicas),
    ready: Number(ready),
    priceCap,
    round: BigInt(state.storage(registry, nextSlot(slot, 2n))),
  };
}

/** Whether a host has said that it is ready in a round of a contract's proposals. */
export function hasSaidReady(
  state: StorageReader,
  registry: Address,
  contract: Address,
  round: bigint,
  host: Hash,
): boolean {
  const words = [toWord(BigInt(contract)), toWord(round), host].map(fromHex);
  const word = mappingSlot(keccak256(concatBytes(...words)), SAID_SLOT);
  return BigInt(state.storage(registry, word)) !== 0n;
}

/** The version that a contract switches to. */
export function readCandidate(
  state: StorageReader,
  registry: Address,
  contract: Address,
): Address | undefined {
  const word = state.storage(registry, mappingSlot(contract, CANDIDATES_SLOT));
  return toAddressOrNone(unpackWord(word, [160])[0]);
}

/** Who decides about a contract; `undefined` when it has declared nothing. */
export function readAdmin(
  state: StorageReader,
  registry: Address,
  version: Address | undefined,
): Address | undefined {
  if (version === undefined) return undefined;
  const word = state.storage(registry, mappingSlot(version, POLICIES_SLOT));
  return toAddressOrNone(unpackWord(word, [160])[0]);
}

/** Contracts that wait to be rolled back, at most `limit` of them. */
export function readDraining(
  state: StorageReader,
  registry: Address,
  limit: number,
): readonly Address[] {
  const count = Number(state.storage(registry, toWord(DRAINING_SLOT)));
  const first = arraySlot(DRAINING_SLOT);
  return Array.from({ length: Math.min(count, limit) }, (_, i) => {
    const [address] = unpackWord(state.storage(registry, nextSlot(first, BigInt(i))), [160]);
    return toAddress(address);
  });
}

/** Whether the sweep has anything to look at in a block. */
export function isSweepDue(state: StorageReader, registry: Address, number: bigint): boolean {
  const [count, sweptTo] = unpackWord(state.storage(registry, toWord(DUE_SLOT)), [64, 64]);
  return count > 0n && sweptTo <= number;
}

/** The registry's storage at genesis: the network's rules. */
export function genesisContractSlots(rules: ContractRules): { slot: Hash; value: Hash }[] {
  const { small, medium, large } = rules.rent;
  const first = packWord([
    [rules.rollbackBlocks, 32],
    [rules.epochBlocks, 32],
    [rules.warningBlocks, 32],
    [rules.archiveBlocks, 32],
    [small, 128],
  ]);
  const second = packWord([
    [medium, 128],
    [large, 128],
  ]);
  return [
    { slot: toWord(0n), value: first },
    { slot: toWord(1n), value: second },
  ];
}

function fieldSlot(contract: Address, place: bigint): Hash {
  return nextSlot(mappingSlot(contract, CONTRACTS_SLOT), place);
}

function toAddressOrNone(value: bigint): Address | undefined {
  return value === 0n ? undefined : toAddress(value);
}

function toAddress(value: bigint): Address {
  return wordToAddress(toWord(value));
}
