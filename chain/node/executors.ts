import {
  type ConsoleWriter,
  ContainerTier,
  createExecutor,
  type Executor,
  WasmTier,
  type WasmTierOptions,
} from "@delchain/runtime";
import type { ChainSpec } from "../spec/spec.ts";

/** The executor with all tiers, the same in every thread that runs contracts; `print` is told what these print. */
export function createTierExecutor(
  { network, transactionGasMax }: ChainSpec,
  print: ConsoleWriter = () => undefined,
): Executor {
  // Printing is for a developer's eyes: other networks refuse modules that import it.
  const options: WasmTierOptions = network === "devnet" ? { print } : {};
  return createExecutor({
    tiers: [new WasmTier(options), new ContainerTier()],
    transactionGasCap: Number(transactionGasMax),
  });
}
