import type { Address, Client, Hash } from "viem";
import { quantity, request } from "./request.ts";
import { RESOURCE_CLASSES, type ResourceClass } from "./resourceClass.ts";

/** What a container call's result may be contested by (CHALLENGES, `challengesContract`). */
export type Challenge = {
  /** The block that certified it. */
  readonly certifiedIn: bigint;
  /** From this block on it can be contested no more. */
  readonly until: bigint;
  /** What a challenger puts up in the next block, in wei. */
  readonly bond: bigint;
  /** The block in which somebody has; `undefined` when nobody has, or there is a verdict. */
  readonly openedIn: bigint | undefined;
  readonly resourceClass: ResourceClass;
  /** The arguments of `challenge`, but for the host. */
  readonly judged: JudgedBatch;
  readonly records: readonly Hash[];
  /** Ids of the hosts that signed it. */
  readonly signers: readonly Hash[];
};

/** `Judged` of CHALLENGES: all calls that were certified as one. */
export type JudgedBatch = {
  readonly target: Address;
  readonly class: number;
  readonly orderingNumber: bigint;
  readonly firstIndex: bigint;
  readonly lastIndex: bigint;
  readonly manifest: Hash;
  readonly preRoot: Hash;
  readonly findings: Hash;
  readonly signers: Hash;
  readonly stateAt: bigint;
  readonly hosts: number;
};

/**
 * What a call's result may be contested by; `undefined` when it has none yet, so many have judged it that it needs no
 * challenge, or its time is over.
 */
export async function getChallenge(
  client: Client,
  { hash }: { hash: Hash },
): Promise<Challenge | undefined> {
  const found = await request(client, "del_getChallenge", [hash]);
  if (found === null) return undefined;
  const { judged, records, signers } = found;
  return {
    certifiedIn: BigInt(found.certifiedIn),
    until: BigInt(found.until),
    bond: BigInt(found.bond),
    openedIn: quantity(found.openedIn),
    resourceClass: RESOURCE_CLASSES[judged.class] ?? "small",
    judged: {
      ...judged,
      orderingNumber: BigInt(judged.orderingNumber),
      firstIndex: BigInt(judged.firstIndex),
      lastIndex: BigInt(judged.lastIndex),
      stateAt: BigInt(judged.stateAt),
      hosts: Number(judged.hosts),
    },
    records,
    signers,
  };
}
