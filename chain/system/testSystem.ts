import {
  type Address,
  createExecutor,
  EMPTY_BYTES,
  type Executor,
  fromHex,
  type TransactionOutcome,
  toHex,
} from "@delchain/runtime";
import { type Abi, decodeEventLog, decodeFunctionResult, encodeFunctionData } from "viem";
import { SYSTEM_ADDRESS } from "../transition/systemCall.ts";
import type { TestChain } from "../transition/testChain.ts";
import contracts from "./contracts.json" with { type: "json" };
import { describeError } from "./describeError.ts";

type Name = "Hosts" | "Contracts" | "Challenges" | "Messages";
type Call = { readonly from?: Address; readonly value?: bigint };

/** Calls of system contracts on a chain in memory, from any account, for no fee. For tests. */
export class SystemCaller {
  readonly chain: TestChain;
  readonly #executor: Executor;

  constructor(chain: TestChain) {
    this.chain = chain;
    this.#executor = createExecutor({ tiers: [], transactionGasCap: 2 ** 26 });
  }

  /** What a call answers in the next block, and nothing is changed. Throws `Error` with the contract's own error. */
  read(name: Name, functionName: string, args: readonly unknown[] = [], call: Call = {}): unknown {
    const { output } = this.#run(name, functionName, args, call);
    return decodeFunctionResult({ abi: abiOf(name), functionName, data: toHex(output) });
  }

  /** A block with one call, the protocol's own unless `from` says another. Its events, as `name` and arguments. */
  send(
    name: Name,
    functionName: string,
    args: readonly unknown[] = [],
    call: Call = {},
  ): unknown[] {
    const { logs, diff } = this.#run(name, functionName, args, call);
    this.chain.view.apply(diff);
    this.chain.number += 1n;
    return logs.map(({ topics, data }) => {
      const event = decodeEventLog({
        abi: abiOf(name),
        topics: topics as unknown as [`0x${string}`],
        data: toHex(data),
      });
      return [event.eventName, ...Object.values(event.args ?? {})];
    });
  }

  /** Blocks in which nothing happens. */
  pass(blocks: bigint): void {
    this.chain.number += blocks;
  }

  #run(name: Name, functionName: string, args: readonly unknown[], { from, value = 0n }: Call) {
    const { spec, view } = this.chain;
    const addresses: Readonly<Record<Name, Address>> = {
      Hosts: spec.hostsAddress,
      Contracts: spec.contractsAddress,
      Challenges: spec.challengesAddress,
      Messages: spec.messagesAddress,
    };
    const sender = from ?? SYSTEM_ADDRESS;
    const execution = this.#executor.openBlock(this.chain.context(), view);
    const [outcome] = execution.execute([
      {
        type: 0,
        sender,
        origin: sender,
        to: addresses[name],
        nonce: 0n,
        gasLimit: 30_000_000n,
        maxFeePerGas: 0n,
        maxPriorityFeePerGas: 0n,
        value,
        data: fromHex(encodeFunctionData({ abi: abiOf(name), functionName, args })),
        accessList: [],
      },
    ]) as [TransactionOutcome];
    if (outcome.status === "success") {
      const { output = EMPTY_BYTES, logs, gasUsed } = outcome;
      return { output, logs, gasUsed, diff: execution.diff() };
    }
    const reason =
      outcome.status === "revert" ? describeError(name, outcome.output) : outcome.reason;
    throw new Error(reason);
  }
}

function abiOf(name: Name): Abi {
  return contracts[name].abi as Abi;
}
