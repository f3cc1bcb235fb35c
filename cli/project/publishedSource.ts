import { InvalidInput } from "@delchain/runtime";
import { parseSourceBundle, type SourceBundle } from "@delchain/toolchain";
import type { Address, Hash } from "viem";
import { CommandError } from "../commandError.ts";
import { EXIT } from "../exitCodes.ts";
import { request } from "../rpcClient.ts";

export type PublishedSource = {
  readonly address: Address;
  readonly transactionHash: Hash;
  readonly publisher: Address;
  readonly bundle: SourceBundle;
};

/** What a contract's deployer has published on a node. Throws `CommandError` when there is nothing to read. */
export async function fetchSource(rpc: string, address: Address): Promise<PublishedSource> {
  const found = await request<(PublishedSource & { readonly source: string }) | null>(
    rpc,
    "del_getSource",
    [address],
  );
  if (found === null) {
    throw new CommandError(
      `nobody has published the source of ${address} on this node; its deployer does so with: delchain verify`,
      EXIT.failed,
    );
  }
  const { transactionHash, publisher } = found;
  return { address, transactionHash, publisher, bundle: parsed(found.source) };
}

function parsed(text: string): SourceBundle {
  try {
    return parseSourceBundle(text);
  } catch (error) {
    if (error instanceof InvalidInput) throw new CommandError(error.message, EXIT.failed);
    throw error;
  }
}
