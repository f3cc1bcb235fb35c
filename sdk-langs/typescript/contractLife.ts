import { type Address, type Client, type Hash, zeroAddress } from "viem";
import { getBlockNumber, readContract } from "viem/actions";
import { RESOURCE_CLASSES, type ResourceClass } from "./resourceClass.ts";
import { challengesContract, contractsContract } from "./systemContracts.ts";

const STATUSES = ["undeclared", "pending", "active", "suspended", "retired"] as const;
const FUNDINGS = ["funded", "frozen", "archived"] as const;

/** A version on its way, or the first one. */
export type Candidate = {
  readonly version: Address;
  /** What its approvers have to name. */
  readonly manifest: Hash;
  readonly approvals: number;
  readonly approvalsNeeded: number;
  readonly ready: number;
  readonly readyNeeded: number;
  /** The first block that may switch to it. */
  readonly notBefore: bigint;
};

/** A host that keeps a contract ready. */
export type Keeper = {
  readonly host: Hash;
  /** Wei a block that it is paid beside its part of the rent. */
  readonly retainer: bigint;
};

/** How a container contract stands. */
export type ContractLife = {
  /** `undeclared`: its program decides about its version, and nobody pays for it. */
  readonly status: (typeof STATUSES)[number];
  readonly funding: (typeof FUNDINGS)[number];
  /** It waits for its queue to run empty, to go back to its former version. */
  readonly isRollingBack: boolean;
  /** The call that switches it to its candidate is ordered. */
  readonly isSwitching: boolean;
  /** Whose manifest it runs; `undefined` where it is undeclared. */
  readonly version: Address | undefined;
  readonly previous: Address | undefined;
  /** The last block that can go back to `previous`. */
  readonly rollbackUntil: bigint | undefined;
  readonly admin: Address | undefined;
  readonly approvers: readonly Address[];
  readonly resourceClass: ResourceClass;
  /** In wei. */
  readonly escrow: bigint;
  /** Wei a block that it pays: the rent of its class, and what its keepers have asked for. */
  readonly rate: bigint;
  readonly keepers: readonly Keeper[];
  /** Wei that its escrow must hold before it runs. */
  readonly deposit: bigint;
  /** The block in which the escrow is used up; `undefined` where no rent is due. */
  readonly paidUntil: bigint | undefined;
  readonly candidate: Candidate | undefined;
  /** The block before which nothing that it sends is delivered; `undefined` when that has passed. */
  readonly heldUntil: bigint | undefined;
  /** The block in which a result of it was contested that has no verdict yet. */
  readonly contestedIn: bigint | undefined;
};

/** What CONTRACTS and CHALLENGES know of a container contract; of an address that it has never heard of, `undeclared`. */
export async function getContractLife(
  client: Client,
  { address }: { address: Address },
): Promise<ContractLife> {
  const record = await readContract(client, {
    ...contractsContract,
    functionName: "contractOf",
    args: [address],
  });
  const { version, previous, escrow, settledAt, activatedAt } = record;
  const own = { ...contractsContract, args: [address] } as const;
  const challenges = { ...challengesContract, args: [address] } as const;
  const [parameters, policy, approvers, candidate, head, held, challenge] = await Promise.all([
    readContract(client, { ...contractsContract, functionName: "parameters" }),
    readContract(client, { ...contractsContract, functionName: "policies", args: [version] }),
    readContract(client, { ...contractsContract, functionName: "approversOf", args: [version] }),
    candidateOf(client, address),
    getBlockNumber(client, { cacheTime: 0 }),
    readContract(client, { ...challenges, functionName: "heldUntil" }),
    readContract(client, { ...challenges, functionName: "challengeOf" }),
  ]);
  const [rate, keepers] = await Promise.all([
    readContract(client, { ...own, functionName: "rateOf" }),
    readContract(client, { ...own, functionName: "keepersOf" }),
  ]);
  const [admin, resourceClass] = policy;
  const rollbackUntil = activatedAt + BigInt(parameters[0]);
  const canGoBack = previous !== zeroAddress && head <= rollbackUntil;
  const funding = FUNDINGS[record.funding] ?? "funded";
  return {
    status: STATUSES[record.status] ?? "undeclared",
    funding,
    isRollingBack: record.isDraining,
    isSwitching: record.switchIndex !== 0n,
    version: orNone(version),
    previous: canGoBack ? previous : undefined,
    rollbackUntil: canGoBack ? rollbackUntil : undefined,
    admin: orNone(admin),
    approvers,
    resourceClass: RESOURCE_CLASSES[resourceClass] ?? "small",
    escrow,
    rate,
    keepers,
    deposit: policy[8],
    paidUntil: rate > 0n && funding === "funded" ? settledAt + escrow / rate : undefined,
    candidate: candidate && { ...candidate, approvalsNeeded: approvers.length },
    heldUntil: held > head ? held : undefined,
    contestedIn: challenge.openedIn === 0n ? undefined : challenge.openedIn,
  };
}

async function candidateOf(
  client: Client,
  address: Address,
): Promise<Omit<Candidate, "approvalsNeeded"> | undefined> {
  const [version, notBefore, approvals, ready] = await readContract(client, {
    ...contractsContract,
    functionName: "candidates",
    args: [address],
  });
  if (version === zeroAddress) return undefined;
  const [readyNeeded, manifest] = await Promise.all([
    readContract(client, { ...contractsContract, functionName: "stagedBy", args: [version] }),
    readContract(client, { ...contractsContract, functionName: "manifestOf", args: [version] }),
  ]);
  return { version, manifest, approvals, ready, readyNeeded: Number(readyNeeded), notBefore };
}

function orNone(address: Address): Address | undefined {
  return address === zeroAddress ? undefined : address;
}
