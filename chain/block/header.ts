import type { Address, Hash } from "@delchain/runtime";

/**
 * Ethereum's header at the Osaka fork, field by field, so that every client recomputes its hash. What proof of
 * stake and we do not use is constant: no ommers, no difficulty, no nonce, no withdrawals, no blobs.
 */
export type Header = {
  readonly parentHash: Hash;
  readonly producer: Address;
  readonly stateRoot: Hash;
  readonly transactionsRoot: Hash;
  readonly receiptsRoot: Hash;
  /** 256 bytes. */
  readonly logsBloom: Uint8Array;
  readonly number: bigint;
  readonly gasLimit: bigint;
  /** By the listed transactions of the synchronous tiers; container gas is counted in the extension. */
  readonly gasUsed: bigint;
  /** Seconds since 1970. */
  readonly timestamp: bigint;
  /** 32 bytes: the SSZ root of the block's `Extension`. */
  readonly extraData: Uint8Array;
  /** The round's randomness (EIP-4399). */
  readonly mixHash: Hash;
  readonly baseFeePerGas: bigint;
};

/** What DelChain adds to a block; its SSZ root is the header's `extraData`. */
export type Extension = {
  /** The root of the trie of the transactions ordered here, by position, like a transactions root. */
  readonly ordersRoot: Hash;
  /** keccak-256 over the encoded certificates, in their order. */
  readonly certificatesRoot: Hash;
  /** Gas limits of the container calls ordered here, in gas. */
  readonly containerGasOrdered: bigint;
  /** The container tier's own base fee, in wei per gas. */
  readonly containerBaseFee: bigint;
};
