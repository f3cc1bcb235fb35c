import {
  type Account,
  type Address,
  assert,
  EMPTY_ROOT,
  type Hash,
  InvalidInput,
  toHex,
} from "@delchain/runtime";
import type { ChainView } from "./chainView.ts";
import type { CommitmentBase, Proof, StateCommitment } from "./commitment.ts";
import type { Undo } from "./records.ts";
import { undoDiff } from "./rewind.ts";

/** What is asked of a state. */
export type ProofQuestion = { readonly address: Address; readonly slots: readonly Hash[] };

/** An account, slots of it in the order asked, and what proves them to whoever has the state root (EIP-1186). */
export type StateProof = {
  /** `undefined` where there is none, which the proof shows. */
  readonly account: Account | undefined;
  readonly accountProof: Proof;
  readonly slots: readonly { readonly value: Hash; readonly proof: Proof }[];
};

/** How many blocks a proof may look back: older tries are made again from what each block has replaced. */
export const PROOF_BLOCKS_MAX = 128n;

/** Facts of the error for a block whose state is kept and not proved any more. */
export type ProofTooOld = {
  readonly code: "PROOF_TOO_OLD";
  readonly number: bigint;
  readonly oldest: bigint;
};

/** Throws `InvalidInput<ProofTooOld>` unless the state of block `number` can be proved when `tip` is the newest. */
export function requireProvable(number: bigint, tip: bigint): void {
  if (tip - number <= PROOF_BLOCKS_MAX) return;
  const oldest = tip - PROOF_BLOCKS_MAX;
  throw new InvalidInput<ProofTooOld>(
    { code: "PROOF_TOO_OLD", number, oldest },
    `the state of block ${number} is not proved any more: this node proves those of the last ${PROOF_BLOCKS_MAX} blocks, ${oldest} at the oldest`,
  );
}

/**
 * Proves what a state holds. `base` is the newest state; `undos` are those of the blocks since, oldest first, which lead
 * back to root `stateRoot`.
 */
export async function proveState(
  commitment: StateCommitment,
  base: CommitmentBase,
  { view, undos, stateRoot }: { view: ChainView; undos: readonly Undo[]; stateRoot: Hash },
  { address, slots }: ProofQuestion,
): Promise<StateProof> {
  const own = undos.length === 0 ? base : await formerBase(commitment, base, view, undos);
  assert(
    own.stateRoot === stateRoot,
    `what was replaced leads to ${own.stateRoot}, not ${stateRoot}`,
  );
  const proofs = commitment.prove(own, address, slots);
  return {
    account: view.account(address),
    accountProof: proofs.account,
    slots: slots.map((slot, i) => ({
      value: view.storage(address, slot),
      proof: proofs.slots[i] ?? [],
    })),
  };
}

/** An older state: its nodes that the newest has no more are made again, in memory. */
async function formerBase(
  commitment: StateCommitment,
  base: CommitmentBase,
  view: ChainView,
  undos: readonly Undo[],
): Promise<CommitmentBase> {
  const { stateRoot, nodes } = await commitment.apply(base, undoDiff(undos));
  const former = new Map<string, Uint8Array>();
  for (const { key, bytes } of nodes) {
    if (bytes) former.set(toHex(key), bytes);
  }
  return {
    ...base,
    stateRoot,
    storageRoot: (address) => view.account(address)?.storageRoot ?? EMPTY_ROOT,
    node: (key) => former.get(toHex(key)) ?? base.node(key),
  };
}
