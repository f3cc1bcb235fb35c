import { ContainerTier, createExecutor, type Executor, WasmTier } from "@delchain/runtime";
import type { ChainSpec } from "../spec/spec.ts";

/** The executor with all tiers, the same in every thread that runs contracts. */
export function createTierExecutor({ transactionGasMax }: ChainSpec): Executor {
  return createExecutor({
    tiers: [new WasmTier(), new ContainerTier()],
    transactionGasCap: Number(transactionGasMax),
  });
}
