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

/** How many members each caller pays for: those of the first level, whoever judges in the end; one at least. */
export function paidMembers({ hosts, first }: Judges, spec: ChainSpec): number {
  return Math.max(1, Math.min(hosts.length, spec.committeeSizes[first]));
}

/** Why a contract may send nothing yet, in words that are the same for every host; `undefined` when it may. */
export function whyNothingLeaves({ hosts }: Judges, spec: ChainSpec): string | undefined {
  const { sendingHostsMin } = spec;
  if (hosts.length >= sendingHostsMin) return undefined;
  return `nothing leaves a contract whose class has ${hosts.length} hosts; it takes ${sendingHostsMin} to outvote one that lies`;
}
