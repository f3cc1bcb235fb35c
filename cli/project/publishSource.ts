import { sourceStatement } from "@delchain/chain";
import { InvalidInput, toAddress } from "@delchain/runtime";
import { type BuildOutput, bundleSource } from "@delchain/toolchain";
import type { Address, Hash } from "viem";
import { CommandError } from "../commandError.ts";
import { EXIT } from "../exitCodes.ts";
import { noteColor, type Output } from "../output.ts";
import { request } from "../rpcClient.ts";
import { type SignerOptions, signerOf } from "./signer.ts";

/** A contract of which we know what created it. */
export type CreatedContract = { readonly address: Address; readonly transactionHash: Hash };

/**
 * Publishes what a contract was built from to the node, signed by its deployer. Throws `CommandError` that says why
 * the node or the deployer's rule does not take it.
 */
export async function publishSource(
  root: string,
  built: BuildOutput,
  { address, transactionHash }: CreatedContract,
  options: SignerOptions & { readonly rpc: string },
  output: Output,
): Promise<void> {
  const { rpc } = options;
  const chainId = BigInt(await request<string>(rpc, "eth_chainId"));
  const source = bundled(root, built);
  const account = await signerOf(options, output);
  const message = sourceStatement(chainId, toAddress(address), source);
  const signature = await account.signMessage({ message });
  await request(rpc, "del_publishSource", [address, transactionHash, source, signature]);
  output.note(
    noteColor.dim(`the source of ${built.name} is published: delchain source ${address}`),
  );
}

function bundled(root: string, built: BuildOutput): string {
  try {
    return bundleSource(root, built);
  } catch (error) {
    if (error instanceof InvalidInput) throw new CommandError(error.message, EXIT.failed);
    throw error;
  }
}
