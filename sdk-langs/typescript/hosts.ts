import { type Address, type Client, concat, type Hash, type Hex } from "viem";
import { getBlockNumber, readContract } from "viem/actions";
import { RESOURCE_CLASSES, type ResourceClass } from "./resourceClass.ts";
import { hostsContract } from "./systemContracts.ts";

export type Host = {
  /** keccak-256 of its key. */
  readonly id: Hash;
  /** BLS public key, 48 bytes. */
  readonly publicKey: Hex;
  readonly owner: Address;
  /** Who is paid for what it attests. */
  readonly payout: Address;
  readonly classes: readonly ResourceClass[];
  /** In wei. */
  readonly stake: bigint;
  readonly status: "joining" | "judging" | "leaving" | "left" | "jailed" | "slashed";
  /** It judges what blocks from this one on order. */
  readonly from: bigint;
  /** And no block from this one on; `undefined` while it stays. */
  readonly until: bigint | undefined;
};

const PAGE = 100n;
const NEVER = 2n ** 64n - 1n;

/** All hosts that are registered, in no order that means anything. */
export async function getHosts(client: Client): Promise<readonly Host[]> {
  const head = await getBlockNumber(client, { cacheTime: 0 });
  const hosts: Host[] = [];
  for (let first = 0n; ; first += PAGE) {
    const [ids, records] = await readContract(client, {
      ...hostsContract,
      functionName: "list",
      args: [first, PAGE],
    });
    ids.forEach((id, i) => {
      hosts.push(hostOf(id, records[i] as HostRecord, head));
    });
    if (BigInt(ids.length) < PAGE) return hosts;
  }
}

type HostRecord = {
  readonly keyStart: Hex;
  readonly keyEnd: Hex;
  readonly from: bigint;
  readonly until: bigint;
  readonly payout: Address;
  readonly classes: number;
  readonly isJailed: boolean;
  readonly isSlashed: boolean;
  readonly owner: Address;
  readonly stake: bigint;
};

function hostOf(id: Hash, record: HostRecord, head: bigint): Host {
  const { keyStart, keyEnd, owner, payout, stake, from, until, classes } = record;
  return {
    id,
    publicKey: concat([keyStart, keyEnd]),
    owner,
    payout,
    classes: RESOURCE_CLASSES.filter((_, i) => (classes & (1 << i)) !== 0),
    stake,
    status: statusOf(record, head),
    from,
    until: until === NEVER ? undefined : until,
  };
}

function statusOf({ from, until, isJailed, isSlashed }: HostRecord, head: bigint): Host["status"] {
  if (isSlashed) return "slashed";
  if (isJailed) return "jailed";
  if (head < from) return "joining";
  if (until === NEVER) return "judging";
  return head < until ? "leaving" : "left";
}
