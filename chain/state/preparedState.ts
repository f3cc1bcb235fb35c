import { type Address, EMPTY_ROOT, type Hash, type StateDiff } from "@delchain/runtime";
import { Batch } from "./batch.ts";
import type { Commitment, CommitmentBase, StateCommitment } from "./commitment.ts";
import type { Database } from "./database.ts";
import { type FlatState, writeFlatState } from "./flatState.ts";
import { nodeKey, nodeOfKey } from "./keys.ts";
import type { AccountUndo, Undo } from "./records.ts";

/** A diff with its roots, ready to be committed with the block whose header names them. */
export type PreparedState = {
  readonly stateRoot: Hash;
  readonly storageRoots: ReadonlyMap<Address, Hash>;
};

/** What the store keeps for a prepared state until it is committed or discarded. */
export type PendingState = {
  readonly diff: StateDiff;
  readonly undo: Undo;
  readonly wiped: ReadonlyMap<Address, readonly Hash[]>;
  readonly batch: Batch;
};

/** Works out everything that a diff does to the state's part of the database, and writes nothing. */
export async function prepareState(
  parts: { database: Database; flat: FlatState; commitment: StateCommitment },
  parentRoot: Hash,
  diff: StateDiff,
): Promise<{ prepared: PreparedState; pending: PendingState }> {
  const { flat } = parts;
  const wiped = await wipedSlots(flat, diff);
  const undo = diff.accounts.map((change) =>
    undoOf(flat, change.address, wiped.get(change.address) ?? [], change.slots),
  );
  const commitment = await parts.commitment.apply(baseOf(parts, parentRoot), diff);
  const batch = new Batch();
  writeFlatState(batch, diff, commitment.storageRoots, wiped);
  writeNodes(batch, commitment);
  const { stateRoot, storageRoots } = commitment;
  return { prepared: { stateRoot, storageRoots }, pending: { diff, undo, wiped, batch } };
}

/** The newest state as a commitment sees it. */
export function baseOf(
  { database, flat }: { database: Database; flat: FlatState },
  stateRoot: Hash,
): CommitmentBase {
  return {
    stateRoot,
    storageRoot: (address) => flat.account(address)?.storageRoot ?? EMPTY_ROOT,
    node: (key) => database.get(nodeKey(key)),
    nodeKeys: async (prefix) => (await database.keys(nodeKey(prefix))).map(nodeOfKey),
  };
}

function writeNodes(batch: Batch, { nodes }: Commitment): void {
  for (const { key, bytes } of nodes) {
    if (bytes) batch.put(nodeKey(key), bytes);
    else batch.delete(nodeKey(key));
  }
}

/**
 * Which slots the accounts that a diff empties had. Since EIP-6780 a transaction can only empty what it created
 * itself, so that this reads nothing in a block; genesis files and tests may do otherwise.
 */
async function wipedSlots(flat: FlatState, diff: StateDiff): Promise<Map<Address, Hash[]>> {
  const wiped = new Map<Address, Hash[]>();
  for (const { address, exists, wiped: emptied } of diff.accounts) {
    if (exists && !emptied) continue;
    const root = flat.account(address)?.storageRoot ?? EMPTY_ROOT;
    if (root !== EMPTY_ROOT) wiped.set(address, await flat.slots(address));
  }
  return wiped;
}

function undoOf(
  flat: FlatState,
  address: Address,
  wiped: readonly Hash[],
  changed: readonly { readonly slot: Hash }[],
): AccountUndo {
  const slots = new Set([...wiped, ...changed.map(({ slot }) => slot)]);
  return {
    address,
    account: flat.account(address),
    slots: [...slots].map((slot) => ({ slot, value: flat.storage(address, slot) })),
  };
}
