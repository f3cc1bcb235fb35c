import type { Address, Hash, Log } from "@delchain/runtime";

/** What a transaction left. The first five fields are hashed into the receipts root (Yellow Paper, 4.4.1). */
export type Receipt = {
  readonly type: 0 | 1 | 2 | 0x7e;
  readonly status: "success" | "failure";
  readonly cumulativeGasUsed: bigint;
  /** 256 bytes. */
  readonly logsBloom: Uint8Array;
  readonly logs: readonly Log[];

  readonly transactionHash: Hash;
  readonly sender: Address;
  readonly to: Address | undefined;
  /** The contract that a creation made. */
  readonly created: Address | undefined;
  readonly gasUsed: bigint;
  /** In wei per gas. */
  readonly effectiveGasPrice: bigint;
  /** For a container call: where it was ordered and what became of it. */
  readonly containerCall: ContainerCallRecord | undefined;
};

export type ContainerCallRecord = {
  /** keccak-256 of chain id, ordering block number and queue index. */
  readonly callId: Hash;
  readonly orderedIn: bigint;
  readonly queueIndex: bigint;
  readonly outcome: "success" | "revert" | "halt" | "diverged" | "timedOut";
  /** What the committee signed for all results of the batch; the zero hash when it did not agree. */
  readonly resultsHash: Hash;
  /** The call's result where its members' numbers were aggregated: 32 bytes, as the ABI has the integer. */
  readonly median: Hash | undefined;
};
