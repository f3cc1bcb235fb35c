import type { Address } from "./address.ts";
import type { Hash } from "./hash.ts";

export type Log = {
  readonly address: Address;
  /** At most four. */
  readonly topics: readonly Hash[];
  readonly data: Uint8Array;
};

/**
 * How a call ended (revm's three outcomes). A halt takes all the gas that the call was given; its reason is for
 * people and traces and enters no hash.
 */
export type ExecutionResult =
  | {
      readonly status: "success";
      readonly gasUsed: bigint;
      readonly output: Uint8Array;
      readonly logs: readonly Log[];
      /** The contract that a creation made. */
      readonly created: Address | undefined;
    }
  | { readonly status: "revert"; readonly gasUsed: bigint; readonly output: Uint8Array }
  | { readonly status: "halt"; readonly gasUsed: bigint; readonly reason: string };

/** What a transaction came to: a result, or why it may not stand in a block at all. */
export type TransactionOutcome =
  | ExecutionResult
  | { readonly status: "invalid"; readonly reason: string };
