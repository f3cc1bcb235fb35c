import {
  type ConsoleWriter,
  ContainerTier,
  createExecutor,
  type Executor,
  FrameStack,
  hasInterpreter,
  MissingPhp,
  PhpTier,
  type Tier,
  WasmTier,
} from "@delchain/runtime";
import type { ChainSpec } from "../spec/spec.ts";

/**
 * The executor with all tiers, the same in every thread that runs contracts; `print` is told what these print. Throws
 * `Unavailable` when the chain has a tier that this machine lacks.
 */
export function createTierExecutor(
  spec: ChainSpec,
  print: ConsoleWriter = () => undefined,
): Executor {
  // Printing is for a developer's eyes: other networks refuse modules that import it.
  const printing: { print?: ConsoleWriter } = isDevnet(spec) ? { print } : {};
  const frames = new FrameStack();
  const tiers: Tier[] = [new WasmTier({ ...printing, frames }), new ContainerTier()];
  const { php } = spec;
  if (php !== undefined) {
    // A devnet goes without what its user left out; a network's nodes must agree.
    const isLeftOut = isDevnet(spec) && !hasInterpreter();
    tiers.push(isLeftOut ? new MissingPhp() : new PhpTier({ pins: php, frames, ...printing }));
  }
  return createExecutor({ tiers, transactionGasCap: Number(spec.transactionGasMax) });
}

function isDevnet({ network }: ChainSpec): boolean {
  return network === "devnet";
}
