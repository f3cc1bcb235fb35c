import type { Address, Hash } from "@delchain/runtime";
import type { KnownBlock } from "../rpc/backend.ts";
import type { Refused } from "../transition/executeBlock.ts";
import type { NotOrderable } from "../transition/orderRules.ts";
import type { PendingBatch, PendingCall } from "./pendingBatch.ts";
import type { Contested } from "./verdicts.ts";

// What the chain's thread tells the node's other parts.

/** A call that was ordered before the node started and is not certified yet. */
export type WaitingCalls = {
  readonly ordering: PendingBatch["ordering"];
  readonly calls: readonly PendingCall[];
};

/** Messages between contracts that wait after a block: for the next one, or for the block that they are held until. */
export type MessageCounts = { readonly messages: number; readonly heldMessages: number };

export type Opened = MessageCounts & {
  readonly contested: readonly Contested[];
  readonly head: KnownBlock;
  /** Oldest block first, each block's calls in queue order. */
  readonly waiting: readonly WaitingCalls[];
};

export type Produced = MessageCounts & {
  readonly contested: readonly Contested[];
  readonly block: KnownBlock;
  readonly calls: readonly PendingCall[];
  readonly refused: readonly RefusedItem[];
  /** All accounts that the block changed, as it left them. */
  readonly changed: readonly ChangedAccount[];
  /** Containers that the block deployed. */
  readonly containers: readonly Address[];
};

export type ChangedAccount = {
  readonly address: Address;
  readonly nonce: bigint;
  readonly balance: bigint;
  readonly hasCode: boolean;
};

/** What admission asks of the head about a transaction. */
export type AdmissionFacts = {
  /** After which block. */
  readonly block: bigint;
  readonly sender: Omit<ChangedAccount, "address">;
  readonly isContainer: boolean;
  /** Why a container takes no call of this sender now. */
  readonly notOrderable: { readonly facts: NotOrderable; readonly message: string } | undefined;
};

export type RefusedItem = Omit<Refused, "signed"> & { readonly transaction: Hash | undefined };
