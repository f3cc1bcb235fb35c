import {
  type ConsoleWriter,
  type ContainerRegistry,
  ContainerTier,
  createExecutor,
  type Executor,
  FrameStack,
  hasInterpreter,
  MissingPhp,
  PhpTier,
  type PhpTierOptions,
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
  const tiers: Tier[] = [
    new WasmTier({ ...printing, frames }),
    new ContainerTier(registryOf(spec)),
  ];
  const { php } = spec;
  if (php !== undefined) {
    tiers.push(phpTier(spec, { pins: php, frames, ...printing }));
  }
  return createExecutor({
    ...{ tiers, ...printing },
    transactionGasCap: Number(spec.transactionGasMax),
  });
}

/** Who is told of new containers: of all of them where these pay for being kept. */
function registryOf({ contractsAddress, contractRules }: ChainSpec): ContainerRegistry {
  const takesAll = Object.values(contractRules.rent).some((rent) => rent > 0n);
  return { address: contractsAddress, takesAll };
}

/** A devnet goes without what its user left out; a network's nodes must agree, and no block of theirs waits. */
function phpTier(spec: ChainSpec, options: PhpTierOptions): Tier {
  if (isDevnet(spec)) return hasInterpreter() ? new PhpTier(options) : new MissingPhp();
  const tier = new PhpTier(options);
  tier.boot();
  return tier;
}

function isDevnet({ network }: ChainSpec): boolean {
  return network === "devnet";
}
