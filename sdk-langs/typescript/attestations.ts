import type { Address, Client, Hash, Hex } from "viem";
import { quantity, request } from "./request.ts";

/** What one committee member signed about a batch of calls. */
export type Attestation = {
  /** Its place in the committee. */
  readonly member: number;
  /** BLS public key, 48 bytes. */
  readonly publicKey: Hex;
  readonly diffHash: Hash;
  readonly resultsHash: Hash;
  readonly gasUsed: bigint;
  /** What it found itself, of a call whose answers are aggregated. */
  readonly number: Hash | undefined;
  /** BLS signature, 96 bytes; the aggregate of all when they agreed. */
  readonly signature: Hex;
};

/** Who judged a container call, with all calls of its contract that were judged together. */
export type Attestations = {
  readonly contract: Address;
  readonly orderedIn: bigint;
  readonly orderingHash: Hash;
  /** The first and the last call of the batch, by queue index. */
  readonly firstIndex: bigint;
  readonly lastIndex: bigint;
  /** By eleven hosts, by 61, or by the whole class; `weak` where the class has fewer than eleven. */
  readonly attested: "fast" | "strong" | "all" | "weak";
  readonly committee: readonly { readonly member: number; readonly publicKey: Hex }[];
  /** Empty until the batch is certified, and for a call that nobody certified by its deadline. */
  readonly attestations: readonly Attestation[];
  /** The block that holds the certificate. */
  readonly certifiedIn: bigint | undefined;
  /** Of calls that halted, why: by queue index. */
  readonly haltCodes: ReadonlyMap<bigint, string>;
  /** Where members first differed, with both values, when they did not agree. */
  readonly difference:
    | {
        readonly queueIndex: bigint;
        readonly where: string;
        readonly left: string;
        readonly right: string;
      }
    | undefined;
};

/** The judges of a container call and what they signed; `undefined` for calls of other tiers. */
export async function getAttestations(
  client: Client,
  { hash }: { hash: Hash },
): Promise<Attestations | undefined> {
  const found = await request(client, "del_getAttestations", [hash]);
  if (found === null) return undefined;
  const { committee, certificate } = found;
  const difference = certificate?.kind === "diverged" ? certificate.difference : undefined;
  return {
    contract: found.contract,
    orderedIn: BigInt(found.orderedIn),
    orderingHash: found.orderingHash,
    firstIndex: BigInt(found.firstIndex),
    lastIndex: BigInt(found.lastIndex),
    attested: found.attested,
    committee,
    attestations: found.attestations.map((attestation) => ({
      ...attestation,
      publicKey: committee[attestation.member]?.publicKey ?? "0x",
      gasUsed: BigInt(attestation.gasUsed),
      number: attestation.number ?? undefined,
    })),
    certifiedIn: quantity(found.certifiedIn),
    haltCodes: new Map(
      (certificate?.kind === "agreed" ? certificate.calls : [])
        .filter(({ haltCode }) => haltCode !== "")
        .map(({ queueIndex, haltCode }) => [BigInt(queueIndex), haltCode]),
    ),
    difference: difference && { ...difference, queueIndex: BigInt(difference.queueIndex) },
  };
}
