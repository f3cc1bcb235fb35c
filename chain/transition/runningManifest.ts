import {
  type Address,
  CODE_KINDS,
  decodeStoredCode,
  type Hash,
  type StateView,
  toAddress,
  toHash,
} from "@delchain/runtime";
import type { ChainSpec } from "../spec/spec.ts";
import { readCandidate, readContract } from "../system/contractRegistry.ts";

/**
 * Where a container's own program names the contract whose version it runs from then on: ERC-1967's slot, so that
 * explorers find it. Who may change it, and when, is the program's to say.
 */
export const IMPLEMENTATION_SLOT: Hash = toHash(
  "0x360894a13ba1a3210667c828492db98dca3e2076cc3735a920a3ca505d382bbc",
);

type State = Pick<StateView, "account" | "code" | "storage">;

/**
 * What a container's batch of calls runs that begins with queue index `first`. A contract whose manifest says who decides
 * about versions runs the one that CONTRACTS names, and the call that switches runs the next already. Of others the
 * program decides: they run the manifest that they were deployed with or, once the program has written
 * `IMPLEMENTATION_SLOT`, that of the container there; a slot that names no container counts for nothing, so that no
 * mistake of a program leaves it without code. `undefined` when `contract` is no container itself.
 */
export function runningManifest(
  state: State,
  contract: Address,
  { contractsAddress }: Pick<ChainSpec, "contractsAddress">,
  first?: bigint,
): Hash | undefined {
  const own = manifestAt(state, contract);
  if (own === undefined) return undefined;
  const { version, switchIndex } = readContract(state, contractsAddress, contract);
  if (version !== undefined) {
    const isSwitch = first !== undefined && first === switchIndex;
    const running = isSwitch ? readCandidate(state, contractsAddress, contract) : version;
    return running && manifestAt(state, running);
  }
  const word = state.storage(contract, IMPLEMENTATION_SLOT);
  return manifestAt(state, toAddress(`0x${word.slice(-40)}`)) ?? own;
}

/** Whether calls to this address are ordered rather than executed. */
export function isContainer(state: Pick<StateView, "account" | "code">, address: Address): boolean {
  return manifestAt(state, address) !== undefined;
}

/** The hash of the manifest that a container was deployed with; `undefined` for what is none. */
export function manifestAt(
  state: Pick<StateView, "account" | "code">,
  contract: Address,
): Hash | undefined {
  const account = state.account(contract);
  const code = account && state.code(account.codeHash);
  const stored = code && decodeStoredCode(code);
  return stored?.kind === CODE_KINDS.container ? stored.payloadHash : undefined;
}
