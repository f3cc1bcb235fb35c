import {
  ContainerTier,
  createExecutor,
  type Executor,
  WasmTier,
  type WasmTierOptions,
} from "@delchain/runtime";
import type { ChainSpec } from "../spec/spec.ts";

/** The executor with all tiers, the same in every thread that runs contracts. */
export function createTierExecutor({ network, transactionGasMax }: ChainSpec): Executor {
  // Printing is for a developer's eyes: other networks refuse modules that import it.
  const options: WasmTierOptions = network === "devnet" ? { print: printLine } : {};
  return createExecutor({
    tiers: [new WasmTier(options), new ContainerTier()],
    transactionGasCap: Number(transactionGasMax),
  });
}

function printLine(line: string): void {
  process.stderr.write(`contract: ${line}\n`);
}
