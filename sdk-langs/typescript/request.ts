import type { Client } from "viem";
import type { DelchainRpcSchema } from "./rpcSchema.ts";

type Method = DelchainRpcSchema[number]["Method"];
type Entry<Name extends Method> = Extract<DelchainRpcSchema[number], { Method: Name }>;

/** One of DelChain's own methods through any viem client, which need not know their types. */
export function request<Name extends Method>(
  client: Client,
  method: Name,
  params: Entry<Name>["Parameters"],
): Promise<Entry<Name>["ReturnType"]> {
  const call = client.request as unknown as (asked: {
    readonly method: Name;
    readonly params: Entry<Name>["Parameters"];
  }) => Promise<Entry<Name>["ReturnType"]>;
  return call({ method, params });
}

/** A hex quantity of an answer; `null` is what is not known yet. */
export function quantity(hex: `0x${string}` | null | undefined): bigint | undefined {
  return hex === null || hex === undefined ? undefined : BigInt(hex);
}
