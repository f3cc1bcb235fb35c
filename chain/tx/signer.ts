import {
  type Address,
  addressFromBytes,
  bigintToBytes,
  bytesToBigint,
  concatBytes,
  hashToBytes,
  type InvalidInput,
  keccak256Bytes,
} from "@delchain/runtime";
import { secp256k1 } from "@noble/curves/secp256k1.js";
import { type DecodedTransaction, encodeTransaction, signingPayload } from "./codec.ts";
import { type InvalidTransaction, invalidTransaction } from "./invalidTransaction.ts";
import type {
  Signature,
  SignedTransaction,
  Transaction,
  UnsignedTransaction,
} from "./transaction.ts";

/** A way to compute who signed; several exist, some twenty times faster than others, and all agree. */
export interface Recovery {
  readonly name: string;
  /**
   * The public key, 64 bytes without prefix, of a 32-byte hash and 64 bytes of r and s; `undefined` when no key
   * could have made the signature. r and s are in range already.
   */
  recover(hash: Uint8Array, signature: Uint8Array, yParity: 0 | 1): Uint8Array | undefined;
}

/** Pure JavaScript: what every machine has, and the oracle for the others. About 600 a second. */
export const nobleRecovery: Recovery = {
  name: "@noble/curves (JavaScript)",
  recover(hash, signature, yParity) {
    try {
      const recovered = concatBytes(Uint8Array.of(yParity), signature);
      const compressed = secp256k1.recoverPublicKey(recovered, hash, { prehash: false });
      return secp256k1.Point.fromBytes(compressed).toBytes(false).subarray(1);
    } catch {
      return undefined;
    }
  },
};

/** Who signed. Throws `InvalidInput<InvalidTransaction>` when nobody could have. */
export function recoverSender(
  { transaction: { signature }, signingHash }: DecodedTransaction,
  recovery: Recovery,
): Address {
  const publicKey = recovery.recover(
    hashToBytes(signingHash),
    signatureBytes(signature),
    signature.yParity,
  );
  if (publicKey === undefined) throw signerUnknown();
  return addressFromBytes(keccak256Bytes(publicKey).subarray(12));
}

export function signerUnknown(): InvalidInput<InvalidTransaction> {
  return invalidTransaction(
    { code: "SIGNER_UNKNOWN" },
    "invalid sender: no key can have made this signature; sign the transaction again",
  );
}

/** r and s, 32 bytes each. */
export function signatureBytes({ r, s }: Signature): Uint8Array {
  return concatBytes(bigintToBytes(r, 32), bigintToBytes(s, 32));
}

export function withSender(decoded: DecodedTransaction, sender: Address): SignedTransaction {
  const { transaction, raw, hash } = decoded;
  return { transaction, raw, hash, sender };
}

/** Signs with a 32-byte secret key, deterministically (RFC 6979), and returns the canonical bytes. */
export function signTransaction(unsigned: UnsignedTransaction, secretKey: Uint8Array): Uint8Array {
  const hash = keccak256Bytes(signingPayload(unsigned));
  const signed = secp256k1.sign(hash, secretKey, { prehash: false, format: "recovered" });
  const signature: Signature = {
    yParity: signed[0] === 0 ? 0 : 1,
    r: bytesToBigint(signed.subarray(1, 33)),
    s: bytesToBigint(signed.subarray(33)),
  };
  return encodeTransaction({ ...unsigned, signature } as Transaction);
}
