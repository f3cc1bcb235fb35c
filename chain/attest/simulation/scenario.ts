import {
  type Address,
  bigintToBytes,
  type Hash,
  hashFromBytes,
  keccak256,
  toHex,
  ZERO_HASH,
} from "@delchain/runtime";
import type { Batch, CertifiedCall } from "../certificate.ts";
import { type Committee, drawCommittees, type Host } from "../committee.ts";
import type { CommitteeSizes } from "../levels.ts";
import { type Findings, findingsOf } from "../statement.ts";
import type { SeededRandom } from "./random.ts";
import type { SimulatedBls } from "./simulatedBls.ts";

/**
 * How a host behaves. Good ones may be unlucky: `crasher` loses its memory again and again, `slow` answers late,
 * `troubled` has a machine that cannot run the batch. Bad ones: `liar` says what the other liars say, `mute` commits
 * and does not reveal, `copier` runs nothing and repeats what it hears, `twoFaced` tells its peers different things.
 */
export type Role =
  | "honest"
  | "crasher"
  | "slow"
  | "troubled"
  | "liar"
  | "mute"
  | "copier"
  | "twoFaced";

export const BAD: ReadonlySet<Role> = new Set(["liar", "mute", "copier", "twoFaced"]);

export type SimulatedHost = Host & { readonly role: Role };

/** What a run is made of, before anything happens. */
export type Scenario = {
  readonly hosts: readonly SimulatedHost[];
  readonly committees: readonly Committee[];
  readonly batch: Batch;
  /** What whoever runs the batch finds; `undefined` for a program that gives one of two results by chance. */
  readonly truth: Findings | undefined;
  /** Whether each host finds a number of its own, of which the median counts. */
  readonly isMedian: boolean;
  readonly levelBlocks: bigint;
  /** Of a hundred messages. */
  readonly dropped: number;
  readonly doubled: number;
  /** Hosts that hear nobody until the network heals, by place. */
  readonly cutOff: ReadonlySet<number>;
  /** The block with which drops, crashes and the partition end. */
  readonly healsAt: bigint;
};

export const CHAIN_ID = 31_337n;

const CONTRACT = `0x${"c0".repeat(20)}` as Address;
const GOOD: readonly Role[] = ["honest", "honest", "honest", "crasher", "slow", "troubled"];

/** The results that a batch may have: the true one, the liars', and two of a program that goes by chance. */
export const RESULTS: readonly {
  readonly findings: Findings;
  readonly calls: readonly CertifiedCall[];
}[] = [0, 1, 2, 3].map((value) => {
  const call = {
    queueIndex: 1n,
    outcome: "success",
    outputHash: keccak256(Uint8Array.of(value)),
    result: new Uint8Array(0),
    logs: [],
    messages: [],
    gasUsed: 100n,
    haltCode: "",
  } as const;
  return { calls: [call], findings: findingsOf(CONTRACT, [call], []) };
});

export function resultOf(value: number): Findings {
  return (RESULTS[value] as (typeof RESULTS)[number]).findings;
}

/** What whoever runs an oracle finds: a number in this range, another with each run. */
export const HONEST_NUMBERS: { readonly min: bigint; readonly max: bigint } = {
  min: 1_000n,
  max: 1_099n,
};

/** What a host finds whose numbers are aggregated; a liar's lies at either end. */
export function numberedResult(random: SeededRandom, isBad: boolean): Findings {
  const { min, max } = HONEST_NUMBERS;
  const number = isBad
    ? random.pick([0n, 2n ** 255n])
    : min + BigInt(random.below(Number(max - min) + 1));
  return { ...resultOf(0), number: hashFromBytes(bigintToBytes(number, 32)) };
}

export function makeScenario(random: SeededRandom, bls: SimulatedBls, isMedian: boolean): Scenario {
  const count = 2 + random.below(9);
  const badPercent = random.pick([0, 0, 10, 20, 33, 60]);
  const hosts = Array.from({ length: count }, (): SimulatedHost => {
    const publicKey = toHex(bls.publicKey(random.bytes(32)));
    const isBad = random.happens(badPercent);
    const role = random.pick(isBad ? [...BAD] : GOOD);
    return { publicKey, payout: "0x", role };
  });
  const fast = 2 + random.below(4);
  const strong = fast + random.below(5);
  const sizes: CommitteeSizes = { fast, strong, all: 303 };
  const seed = keccak256(random.bytes(32));
  const first = random.happens(25) ? "strong" : "fast";
  const batch: Batch = {
    contract: CONTRACT,
    orderingNumber: 5n,
    orderingHash: seed,
    manifestHash: ZERO_HASH as Hash,
    firstIndex: 1n,
    lastIndex: 1n,
    preRoot: ZERO_HASH,
  };
  const isCalm = random.happens(30);
  return {
    hosts,
    committees: drawCommittees({ hosts, seed, sizes, first }),
    batch,
    truth: random.happens(85) || isMedian ? resultOf(0) : undefined,
    isMedian,
    levelBlocks: BigInt(2 + random.below(3)),
    dropped: isCalm ? 0 : random.below(40),
    doubled: isCalm ? 0 : random.below(30),
    cutOff: new Set(isCalm ? [] : hosts.keys().filter(() => random.happens(20))),
    healsAt: BigInt(5 + random.below(12)),
  };
}
