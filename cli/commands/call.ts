import { type Address, encodeFunctionData, isAddress } from "viem";
import { CommandError } from "../commandError.ts";
import { EXIT } from "../exitCodes.ts";
import type { Output } from "../output.ts";
import { parseArguments } from "../project/abiArguments.ts";
import { resultLines } from "../project/abiValues.ts";
import { openChain } from "../project/chainClient.ts";
import { type ContractOptions, contractOf, functionOf } from "../project/contractOf.ts";
import { projectRoot } from "../project/projectRoot.ts";
import { tracedCallError } from "../project/sourceTrace.ts";

export type CallCommandOptions = ContractOptions & {
  readonly project?: string;
  readonly rpc: string;
  readonly from?: string;
  readonly json: boolean;
};

/** Calls a function without a transaction and prints what it returns: on a container, of one unattested replica. */
export async function call(
  name: string,
  functionName: string,
  words: readonly string[],
  options: CallCommandOptions,
  output: Output,
): Promise<void> {
  const root = projectRoot(options.project);
  const chain = await openChain(options.rpc);
  const contract = await contractOf(root, name, options, chain);
  const called = functionOf(contract, functionName);
  const args = parseArguments(`${name}.${called.name}`, called.inputs, words);
  const { address } = contract;
  const account = senderOf(options.from);
  // `simulateContract` also takes functions that change state, and tells what they would return.
  const { result } = await chain.reader
    .simulateContract({
      address,
      abi: [called, ...contract.abi.filter(({ type }) => type === "error")],
      functionName: called.name,
      args,
      ...(account && { account }),
    })
    .catch(async (error: unknown) => {
      const data = encodeFunctionData({ abi: [called], args });
      const place = { root, rpc: options.rpc };
      const what = `${name}.${called.name}`;
      throw await tracedCallError(error, what, place, { from: account, to: address, data });
    });
  if (options.json)
    output.json({ contract: name, address, function: called.name, result: result ?? null });
  else for (const line of resultLines(called.outputs, result)) output.line(line);
}

function senderOf(from: string | undefined): Address | undefined {
  if (from === undefined || isAddress(from)) return from;
  throw new CommandError(`--from ${from} is no address: it takes 0x and 40 hex digits`, EXIT.usage);
}
