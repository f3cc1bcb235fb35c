import {
  type Hash,
  InvalidInput,
  type OutputRules,
  outputRules,
  parseManifest,
  type ResourceClass,
  resourcesOf,
  type StateView,
} from "@delchain/runtime";
import { type Committee, drawCommittees, type Host } from "../attest/committee.ts";
import type { Level } from "../attest/levels.ts";
import type { ChainSpec } from "../spec/spec.ts";
import { hostsOf, readHosts } from "../system/hostRegistry.ts";

/** Who may judge a contract's calls, and how widely they begin. */
export type Judges = {
  /** The hosts of the contract's resource class, as HOSTS had them for the ordering block; ascending by key. */
  readonly hosts: readonly Host[];
  readonly resourceClass: ResourceClass;
  readonly first: Level;
  /** How members agree on outputs that need not be identical. */
  readonly rules: OutputRules;
};

/**
 * Who judges what block `orderingNumber` ordered of a contract that runs this manifest. Throws when the state holds
 * no such manifest.
 */
export function judgesOf(
  state: Pick<StateView, "account" | "code" | "storage">,
  manifestHash: Hash,
  orderingNumber: bigint,
  spec: ChainSpec,
): Judges {
  const bytes = state.code(manifestHash);
  if (bytes === undefined) {
    throw new InvalidInput({ code: "NO_MANIFEST", manifestHash }, `no manifest ${manifestHash}`);
  }
  const manifest = parseManifest(bytes);
  const { resourceClass } = resourcesOf(manifest);
  return {
    resourceClass,
    hosts: hostsOf(readHosts(state, spec.hostsAddress), resourceClass, orderingNumber),
    first: manifest.attestation === "strong" ? "strong" : "fast",
    rules: outputRules(manifest),
  };
}

/** The committees of a contract's calls of one block. */
export function committeesOf(judges: Judges, seed: Hash, spec: ChainSpec): readonly Committee[] {
  return drawCommittees({ ...judges, seed, sizes: spec.committeeSizes });
}

/** What calls may use and send. It follows from what was so when they were ordered, whoever judges them. */
export type Terms = {
  /** Members that each caller's gas is shared among: those of the first level, whoever judges in the end. */
  readonly paid: number;
  /** Why they may send nothing, in words that are the same for every host; `undefined` when they may. */
  readonly refusal: string | undefined;
};

/** Of a contract whose class had so many hosts, and whose batches begin at level `first`. */
export function termsOf(hosts: number, first: Level, spec: ChainSpec): Terms {
  const { committeeSizes, sendingHostsMin } = spec;
  const refusal = `nothing leaves a contract whose class has ${hosts} hosts; it takes ${sendingHostsMin} to outvote one that lies`;
  return {
    paid: Math.max(1, Math.min(hosts, committeeSizes[first])),
    refusal: hosts < sendingHostsMin ? refusal : undefined,
  };
}
