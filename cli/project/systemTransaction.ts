import type { Abi, Address, ContractFunctionName } from "viem";
import { CommandError } from "../commandError.ts";
import { EXIT } from "../exitCodes.ts";
import { color, type Output } from "../output.ts";
import { waitForReceipt } from "./callProgress.ts";
import { explainedCallError, openChain } from "./chainClient.ts";
import { type SignerOptions, signerOf } from "./signer.ts";

export type SystemOptions = SignerOptions & { readonly rpc: string; readonly json: boolean };

/** What changes something, by the names that a contract's interface has. */
export type Changing<Interface extends Abi> = ContractFunctionName<
  Interface,
  "nonpayable" | "payable"
>;

export type SystemCall<Interface extends Abi> = {
  readonly contract: { readonly address: Address; readonly abi: Interface };
  readonly functionName: Changing<Interface>;
  readonly args: readonly unknown[];
  readonly value?: bigint;
  /** What is said when it is done. */
  readonly done: string;
};

/**
 * Sends a transaction to a system contract, waits for it, and says what is done. Throws `CommandError` with the
 * contract's own error when it refuses.
 */
export async function sendSystemCall<Interface extends Abi>(
  { contract, functionName, args, value = 0n, done }: SystemCall<Interface>,
  options: SystemOptions,
  output: Output,
): Promise<void> {
  const chain = await openChain(options.rpc);
  const account = await signerOf(options, output);
  const hash = await chain
    .walletOf(account)
    .writeContract({ ...contract, abi: contract.abi as Abi, functionName, args, value })
    .catch((error: unknown) => {
      throw explainedCallError(error, functionName);
    });
  const { status, gasUsed, blockNumber } = await waitForReceipt(
    chain.reader,
    options.rpc,
    hash,
    output,
  );
  if (status !== "success") {
    throw new CommandError(`${functionName} reverted in transaction ${hash}`, EXIT.failed);
  }
  if (options.json) return output.json({ transactionHash: hash, gasUsed, blockNumber });
  output.line(`${done}; ${color.dim(`block ${blockNumber}, ${gasUsed} gas, transaction ${hash}`)}`);
}
