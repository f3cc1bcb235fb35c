import type { Address, Hash, StateDiff } from "@delchain/runtime";

/** Which root a diff leads to, and what to write so that the next diff can build on it. */
export type Commitment = {
  readonly stateRoot: Hash;
  /** The new storage root of each account of the diff that still exists. */
  readonly storageRoots: ReadonlyMap<Address, Hash>;
  /** In order: a later write of a key replaces an earlier one. `undefined` deletes the node. */
  readonly nodes: readonly NodeWrite[];
};

export type NodeWrite = { readonly key: Uint8Array; readonly bytes: Uint8Array | undefined };

/** The state that a diff begins with: its roots, and the nodes written for them. */
export interface CommitmentBase {
  readonly stateRoot: Hash;
  /** The account's storage root, the empty root when there is no account. */
  storageRoot(address: Address): Hash;
  node(key: Uint8Array): Uint8Array | undefined;
  /** The keys of all nodes that begin with `prefix`. */
  nodeKeys(prefix: Uint8Array): Promise<readonly Uint8Array[]>;
}

/** Nodes in RLP that prove what lies under a key, or that nothing does; the root's first. */
export type Proof = readonly Uint8Array[];

/** What proves an account, and slots of its storage in the order asked. */
export type Proofs = { readonly account: Proof; readonly slots: readonly Proof[] };

/**
 * Hashes a state. `apply` changes nothing: it says what a diff leads to, so that a producer can learn a root and
 * throw it away. It keeps exactly the nodes of the newest state. A missing or damaged node throws `Unavailable`.
 */
export interface StateCommitment {
  apply(base: CommitmentBase, diff: StateDiff): Promise<Commitment>;
  /** Throws `Unavailable` as `apply`. */
  prove(base: CommitmentBase, address: Address, slots: readonly Hash[]): Proofs;
}
