/**
 * BLS signatures on BLS12-381: public keys in G1 (48 bytes), signatures in G2 (96 bytes), the proof-of-possession
 * scheme of draft-irtf-cfrg-bls-signature-05. Every check includes subgroup membership and refuses infinity.
 */
export interface Bls {
  readonly name: string;
  /** A member's key from a 32-byte secret. Throws a `RangeError` for zero and for values over the group's order. */
  publicKey(secret: Uint8Array): Uint8Array;
  sign(secret: Uint8Array, message: Uint8Array): Uint8Array;
  aggregate(signatures: readonly Uint8Array[]): Uint8Array;
  /** Whether `signature` is the aggregate of all `publicKeys` over one message. `false` for malformed bytes. */
  verifyAggregate(
    publicKeys: readonly Uint8Array[],
    message: Uint8Array,
    signature: Uint8Array,
  ): boolean;
  /** Whether `signature` is the aggregate of each key's signature over its own message; the messages differ. */
  verifyDistinct(
    publicKeys: readonly Uint8Array[],
    messages: readonly Uint8Array[],
    signature: Uint8Array,
  ): boolean;
}

/** The ciphersuite's domain separation tag, the same in every implementation. */
export const BLS_DOMAIN = "BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_POP_";
