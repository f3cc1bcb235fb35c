import type { Address, Client, Hash, Hex } from "viem";
import { quantity, request } from "./request.ts";

/** What runs at an address. */
export type ContractInfo = {
  readonly address: Address;
  readonly tier: "evm" | "wasm" | "container";
  readonly codeHash: Hash;
  /** Of the module, source or manifest: other tiers than the EVM's. */
  readonly payloadHash: Hash | undefined;
  /** In bytes. */
  readonly payloadSize: bigint;
  /** Of a container. */
  readonly manifest: Readonly<Record<string, unknown>> | undefined;
  /** What runs it on this node; `undefined` when nothing does. */
  readonly driver: string | undefined;
  /** Calls of it that are ordered and have no result yet. */
  readonly queueLength: bigint | undefined;
};

/** A contract of any tier; `undefined` where there is no code. */
export async function getContractInfo(
  client: Client,
  { address }: { address: Address },
): Promise<ContractInfo | undefined> {
  const found = await request(client, "del_getContract", [address]);
  if (found === null) return undefined;
  return {
    address: found.address,
    tier: found.tier,
    codeHash: found.codeHash,
    payloadHash: found.payloadHash ?? undefined,
    payloadSize: BigInt(found.payloadSize),
    manifest: found.manifest,
    driver: found.driver ?? undefined,
    queueLength: quantity(found.queueLength),
  };
}

/** The module, source or manifest that was deployed, EVM code as it is; `undefined` where there is no code. */
export async function getPayload(
  client: Client,
  { address }: { address: Address },
): Promise<Hex | undefined> {
  const payload = await request(client, "del_getCode", [address]);
  return payload === "0x" ? undefined : payload;
}
