import { explainFailure } from "@delchain/sdk";
import { encodeFunctionData, parseEventLogs, type TransactionReceipt } from "viem";
import { CommandError } from "../commandError.ts";
import { EXIT } from "../exitCodes.ts";
import { color, type Output } from "../output.ts";
import { amountOf, parseArguments } from "../project/abiArguments.ts";
import { valueText } from "../project/abiValues.ts";
import { waitForReceipt } from "../project/callProgress.ts";
import { openChain } from "../project/chainClient.ts";
import {
  type ContractOptions,
  contractOf,
  functionOf,
  type KnownContract,
} from "../project/contractOf.ts";
import { progressLine } from "../project/progressLine.ts";
import { projectRoot } from "../project/projectRoot.ts";
import { type SignerOptions, signerOf } from "../project/signer.ts";
import { tracedCallError } from "../project/sourceTrace.ts";

export type SendOptions = ContractOptions &
  SignerOptions & {
    readonly project?: string;
    readonly rpc: string;
    readonly value?: string;
    readonly json: boolean;
  };

/** Sends a transaction to a contract, waits for its receipt and prints what it logged. */
export async function send(
  name: string,
  functionName: string,
  words: readonly string[],
  options: SendOptions,
  output: Output,
): Promise<void> {
  const root = projectRoot(options.project);
  const chain = await openChain(options.rpc);
  const contract = await contractOf(root, name, options, chain);
  const called = functionOf(contract, functionName);
  const args = parseArguments(`${name}.${called.name}`, called.inputs, words);
  const account = await signerOf(options, output);
  const { address } = contract;
  const what = `${name}.${called.name}`;
  const value = amountOf(options.value);
  const hash = await chain
    .walletOf(account)
    .writeContract({
      address,
      abi: [called, ...contract.abi.filter(({ type }) => type === "error")],
      functionName: called.name,
      args,
      value,
    })
    .catch(async (error: unknown) => {
      const data = encodeFunctionData({ abi: [called], args });
      const sent = { from: account.address, to: address, data, value };
      throw await tracedCallError(error, what, { root, rpc: options.rpc }, sent);
    });
  const receipt = await waitForReceipt(chain.reader, options.rpc, hash, output);
  const events = eventsOf(contract, receipt);
  const { status, gasUsed, blockNumber } = receipt;
  if (options.json) output.json({ transactionHash: hash, status, gasUsed, blockNumber, events });
  else {
    const shown = status === "success" ? color.green(status) : color.red(status);
    output.line(`${what}: ${shown}, block ${blockNumber}, ${gasUsed} gas, transaction ${hash}`);
    for (const { name: event, args: values } of events)
      output.line(`  ${event} ${valueText(values)}`);
  }
  if (status === "success") return;
  const explaining = progressLine();
  explaining.show("asking the node why");
  const why = await explainFailure(chain.reader, {
    hash,
    abi: [called, ...contract.abi],
    functionName: called.name,
  });
  explaining.end();
  throw new CommandError(why === undefined ? "" : `${what}: ${why}`, EXIT.failed);
}

function eventsOf(
  { abi }: KnownContract,
  { logs }: TransactionReceipt,
): readonly { readonly name: string; readonly args: unknown }[] {
  return parseEventLogs({ abi, logs }).map(({ eventName, args }) => ({
    name: eventName as string,
    args,
  }));
}
