import {
  type Address,
  bigintToBytes,
  concatBytes,
  fromHex,
  type Hash,
  keccak256,
  RESOURCE_CLASS_NAMES,
  type ResourceClass,
  type SlotChange,
} from "@delchain/runtime";
import type { Batch } from "../attest/certificate.ts";
import type { Findings } from "../attest/statement.ts";
import type { ChainSpec } from "../spec/spec.ts";
import { encodeCall } from "./callData.ts";
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

// What the protocol reads and writes in CHALLENGES (Challenges.sol).

/** A certified batch that may be contested. */
export type JudgedBatch = Omit<Batch, "orderingHash"> & {
  readonly resourceClass: ResourceClass;
  /** What its signers found: `hashFindings`. */
  readonly findings: Hash;
  /** Ids of its signers, in their order. */
  readonly signers: readonly Hash[];
  /** The block whose state its calls saw. */
  readonly stateAt: bigint;
  /** Hosts of the class when it was ordered. */
  readonly hosts: number;
};

/** One that is contested. */
export type OpenChallenge = Omit<JudgedBatch, "resourceClass"> & {
  /** The block that holds the challenge. */
  readonly openedIn: bigint;
  /** The block that certified it first. */
  readonly judgedIn: bigint;
  readonly challenger: Address;
  /** In wei. */
  readonly bond: bigint;
};

type Rules = Pick<ChainSpec, "challengesAddress" | "challengeBlocks">;

const JUDGED_SLOT = 1n;
const HELD_UNTIL_SLOT = 2n;
const CHALLENGES_SLOT = 3n;
const OPEN_SLOT = 4n;
const REJECTIONS_SLOT = 6n;
const DOUBLINGS_MAX = 20n;

/** What members must say alike, as one hash. */
export function hashFindings({
  diffHash,
  resultsHash,
  gasUsed,
}: Pick<Findings, "diffHash" | "resultsHash" | "gasUsed">): Hash {
  return keccak256(
    concatBytes(fromHex(diffHash), fromHex(resultsHash), bigintToBytes(gasUsed, 32)),
  );
}

/** A batch's record: keccak-256 of `Judged` as Solidity's `abi.encode` has it. */
export function hashJudged(judged: JudgedBatch): Hash {
  return keccak256(concatBytes(...judgedWords(judged).map(fromHex)));
}

/** keccak-256 of the signers' ids, one after another. */
export function hashSigners(signers: readonly Hash[]): Hash {
  return keccak256(concatBytes(...signers.map(fromHex)));
}

/** The fields of `Judged`, a word each. */
function judgedWords(judged: JudgedBatch): readonly Hash[] {
  const { contract, resourceClass, manifestHash, preRoot, findings, signers } = judged;
  return [
    toWord(BigInt(contract)),
    toWord(BigInt(RESOURCE_CLASS_NAMES.indexOf(resourceClass))),
    toWord(judged.orderingNumber),
    toWord(judged.firstIndex),
    toWord(judged.lastIndex),
    manifestHash,
    preRoot,
    findings,
    hashSigners(signers),
    toWord(judged.stateAt),
    toWord(BigInt(judged.hosts)),
  ];
}

/** What CHALLENGES asks for to contest what a block certified. */
export type Contestable = {
  /** The block that certified it. */
  readonly number: bigint;
  readonly judged: JudgedBatch;
  /** Of all that the block certified and that may be contested. */
  readonly records: readonly Hash[];
};

/** Calldata of `challenge`, by the owner of a host of the contract's class. */
export function challengeInput({ number, judged, records }: Contestable, host: Hash): Uint8Array {
  return encodeCall(
    "challenge(uint64,(address,uint8,uint64,uint64,uint64,bytes32,bytes32,bytes32,bytes32,uint64,uint32),bytes32[],bytes32[],bytes32)",
    [number, ...judgedWords(judged), records, judged.signers, host],
  );
}

/** What a block leaves of all that it certified. The place is used again when its window is over. */
export function judgedSlot(
  number: bigint,
  records: readonly Hash[],
  { challengeBlocks }: Rules,
): SlotChange {
  const all = keccak256(concatBytes(...records.map(fromHex)));
  return {
    slot: mappingSlot(toWord(number % challengeBlocks), JUDGED_SLOT),
    value: keccak256(concatBytes(fromHex(toWord(number)), fromHex(all))),
  };
}

/** The block before which nothing that a contract sends is delivered; 0 when it never was certified by few. */
export function readHeldUntil(state: StorageReader, registry: Address, contract: Address): bigint {
  const word = state.storage(registry, mappingSlot(contract, HELD_UNTIL_SLOT));
  return unpackWord(word, [64])[0];
}

export function heldUntilSlot(contract: Address, until: bigint): SlotChange {
  return { slot: mappingSlot(contract, HELD_UNTIL_SLOT), value: toWord(until) };
}

/** What is contested of a contract. */
export function readChallenge(
  state: StorageReader,
  registry: Address,
  contract: Address,
): OpenChallenge | undefined {
  const slot = mappingSlot(contract, CHALLENGES_SLOT);
  const read = (place: bigint): Hash => state.storage(registry, nextSlot(slot, place));
  const [openedIn, judgedIn, firstIndex, lastIndex] = unpackWord(read(0n), [64, 64, 64, 64]);
  if (openedIn === 0n) return undefined;
  const [orderingNumber, stateAt, hosts] = unpackWord(read(1n), [64, 64, 32]);
  const signers = nextSlot(slot, 7n);
  return {
    contract,
    openedIn,
    judgedIn,
    firstIndex,
    lastIndex,
    orderingNumber,
    stateAt,
    hosts: Number(hosts),
    manifestHash: read(2n),
    preRoot: read(3n),
    findings: read(4n),
    challenger: wordToAddress(read(5n)),
    bond: BigInt(read(6n)),
    signers: readArray(state, registry, signers),
  };
}

/** What a challenge of a contract takes in block `number`, in wei: CHALLENGES' `bondOf`. */
export function readChallengeBond(
  state: StorageReader,
  contract: Address,
  number: bigint,
  {
    challengesAddress,
    challengeBlocks,
    challengeBond,
  }: Pick<ChainSpec, "challengesAddress" | "challengeBlocks" | "challengeBond">,
): bigint {
  const slot = mappingSlot(contract, REJECTIONS_SLOT);
  const [count, lastIn] = unpackWord(state.storage(challengesAddress, slot), [64, 64]);
  const rejected = number < lastIn + challengeBlocks ? count : 0n;
  const open = BigInt(state.storage(challengesAddress, toWord(OPEN_SLOT)));
  return (challengeBond << (rejected < DOUBLINGS_MAX ? rejected : DOUBLINGS_MAX)) * (1n + open);
}

/** Contracts of which something is contested; `Challenges.OPEN_MAX` at most. */
export function readContested(state: StorageReader, registry: Address): readonly Address[] {
  return readArray(state, registry, toWord(OPEN_SLOT)).map(wordToAddress);
}

function readArray(state: StorageReader, registry: Address, slot: Hash): readonly Hash[] {
  const length = Number(state.storage(registry, slot));
  const first = arraySlot(BigInt(slot));
  return Array.from({ length }, (_, i) => state.storage(registry, nextSlot(first, BigInt(i))));
}

/** The registry's storage at genesis: the network's rules. */
export function genesisChallengeSlots({
  challengeBlocks,
  verdictBlocks,
  challengeBond,
}: Pick<ChainSpec, "challengeBlocks" | "verdictBlocks" | "challengeBond">): SlotChange[] {
  const value = packWord([
    [challengeBlocks, 64],
    [verdictBlocks, 64],
    [challengeBond, 128],
  ]);
  return [{ slot: toWord(0n), value }];
}
