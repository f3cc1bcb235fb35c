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
  readonly committee: readonly { readonly member: number; readonly publicKey: Hex }[];
  /** Empty until the batch is certified, and for a call that nobody certified by its deadline. */
  readonly attestations: readonly Attestation[];
  /** The block that holds the certificate. */
  readonly certifiedIn: bigint | undefined;
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
    committee,
    attestations: found.attestations.map((attestation) => ({
      ...attestation,
      publicKey: committee[attestation.member]?.publicKey ?? "0x",
      gasUsed: BigInt(attestation.gasUsed),
    })),
    certifiedIn: quantity(found.certifiedIn),
    difference: difference && { ...difference, queueIndex: BigInt(difference.queueIndex) },
  };
}
