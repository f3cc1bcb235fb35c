/** How much a mempool holds. Policy of a node, not of the chain. */
export type MempoolLimits = {
  readonly transactionsMax: number;
  /** Of canonical transaction bytes. */
  readonly bytesMax: number;
  readonly senderTransactionsMax: number;
  /** How far beyond the first missing nonce of its sender a nonce may lie. */
  readonly nonceGapMax: bigint;
  /** In wei per gas. */
  readonly tipMin: bigint;
  /** How much more a replacement must pay, in percent, of both fees. */
  readonly replacementPercent: bigint;
};

export const MEMPOOL_LIMITS: MempoolLimits = {
  // A block holds 6,391 transfers: a block's worth, and most of another.
  transactionsMax: 8_192,
  // A hundred of the largest transactions, 8 KiB for each on average.
  bytesMax: 64 * 1024 * 1024,
  // One sender fills an eighth. Tools that send bursts from one account do so with a few hundred.
  senderTransactionsMax: 1_024,
  // Transactions that overtake each other on their way arrive within a few of each other.
  nonceGapMax: 64n,
  // Local tools send without a tip.
  tipMin: 0n,
  // What go-ethereum and others ask for, so that wallets' "speed up" works.
  replacementPercent: 10n,
};
