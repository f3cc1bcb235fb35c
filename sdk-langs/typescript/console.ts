import type { Address, Client } from "viem";
import { request } from "./request.ts";

/** Something that a contract printed on a devnet. */
export type PrintedLine = {
  /** From 1, in the order of arrival. */
  readonly number: bigint;
  readonly contract: Address;
  /** `query` also for what a gas estimate ran. */
  readonly during: "block" | "query" | "container call";
  readonly text: string;
};

export type Printed = {
  readonly lines: readonly PrintedLine[];
  /** The number of the newest line of all: what the next question begins after. */
  readonly last: bigint;
};

/**
 * What contracts have printed after the line of that number, of one contract or of all; a node keeps the last thousand
 * lines. Throws viem's `MethodNotFoundRpcError` on a network, where contracts print nothing.
 */
export async function getConsole(
  client: Client,
  { after = 0n, contract }: { readonly after?: bigint; readonly contract?: Address } = {},
): Promise<Printed> {
  const page = await request(client, "del_getConsole", [
    `0x${after.toString(16)}`,
    contract ?? null,
  ]);
  return {
    lines: page.lines.map((line) => ({ ...line, number: BigInt(line.number) })),
    last: BigInt(page.last),
  };
}
