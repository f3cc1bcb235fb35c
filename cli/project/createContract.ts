import { explainFailure } from "@delchain/sdk";
import { type Address, getAddress, type Hash, type Hex } from "viem";
import type { PrivateKeyAccount } from "viem/accounts";
import { CommandError } from "../commandError.ts";
import { EXIT } from "../exitCodes.ts";
import type { Output } from "../output.ts";
import { waitForReceipt } from "./callProgress.ts";
import { explainedCallError, type openChain } from "./chainClient.ts";

export type OpenChain = Awaited<ReturnType<typeof openChain>>;

export type Creation = {
  /** What is created, for messages. */
  readonly name: string;
  readonly account: PrivateKeyAccount;
  readonly data: Hex;
  readonly value?: bigint | undefined;
  readonly gas?: bigint;
  readonly nonce?: number;
  /** Of a container: the call that runs its constructor (`constructionCall`). */
  readonly construction?: Hex | undefined;
};

/** A transaction that succeeded. */
export type Sent = {
  readonly transactionHash: Hash;
  readonly gasUsed: bigint;
  readonly blockNumber: bigint;
};

export type Created = Sent & { readonly address: Address };

/**
 * Sends one creation transaction and waits for it, and for a container's constructor behind it. Throws `CommandError`
 * with the reason when one reverts.
 */
export async function createContract(
  { name, account, construction, ...transaction }: Creation,
  chain: OpenChain,
  rpc: string,
  output: Output,
): Promise<Created> {
  const { reader, walletOf } = chain;
  const hash = await walletOf(account)
    .sendTransaction(transaction)
    .catch((error: unknown) => {
      throw explainedCallError(error, `deploying ${name}`);
    });
  const receipt = await waitForReceipt(reader, rpc, hash, output);
  if (receipt.status !== "success" || !receipt.contractAddress) {
    throw new CommandError(`deploying ${name} reverted in transaction ${hash}`, EXIT.failed);
  }
  const { contractAddress, gasUsed, blockNumber } = receipt;
  const address = getAddress(contractAddress);
  if (construction !== undefined) {
    await construct(address, { name, account, data: construction }, chain, rpc, output);
  }
  return { address, transactionHash: hash, gasUsed, blockNumber };
}

/** The contract is there whatever comes of it; without a constructor that succeeds it takes no call. */
export async function construct(
  to: Address,
  { name, account, data }: Pick<Creation, "name" | "account" | "data">,
  { reader, walletOf }: OpenChain,
  rpc: string,
  output: Output,
): Promise<void> {
  const what = `constructing ${name} at ${to}`;
  const hash = await walletOf(account)
    .sendTransaction({ to, data })
    .catch((error: unknown) => {
      throw explainedCallError(error, what);
    });
  const receipt = await waitForReceipt(reader, rpc, hash, output);
  if (receipt.status === "success") return;
  const why = (await explainFailure(reader, { hash })) ?? "it reverted";
  throw new CommandError(`${what} failed in transaction ${hash}: ${why}`, EXIT.failed);
}
