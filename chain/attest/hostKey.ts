import { type Address, bigintToBytes, concatBytes, fromHex } from "@delchain/runtime";
import { bls12_381 } from "@noble/curves/bls12-381.js";

/** Of proofs of possession (draft-irtf-cfrg-bls-signature-05, 4.2.3), so that none is taken for another signature. */
const POSSESSION_DOMAIN = "BLS_POP_BLS12381G2_XMD:SHA-256_SSWU_RO_POP_";

/** A host's key as HOSTS takes it (chain/system/Hosts.sol, `register`): points as EIP-2537 has them. */
export type HostKey = {
  /** 48 bytes. */
  readonly publicKey: Uint8Array;
  /** 128 bytes. */
  readonly uncompressed: Uint8Array;
  /** 256 bytes: the key's word that this owner on this chain has it. */
  readonly proof: Uint8Array;
};

/** Throws a `RangeError` for a secret that is none, as `Bls.publicKey`. */
export function proveHostKey(secret: Uint8Array, owner: Address, chainId: bigint): HostKey {
  const scheme = bls12_381.longSignatures;
  const point = scheme.getPublicKey(secret);
  const publicKey = point.toBytes();
  const message = concatBytes(publicKey, bigintToBytes(chainId, 32), fromHex(owner));
  const proof = scheme.sign(scheme.hash(message, POSSESSION_DOMAIN), secret).toBytes();
  return {
    publicKey,
    uncompressed: uncompressKey(publicKey),
    proof: uncompressSignature(proof),
  };
}

/** A public key of 48 bytes in the 128 of EIP-2537. Throws for one that is no point of its group. */
export function uncompressKey(publicKey: Uint8Array): Uint8Array {
  const { x, y } = bls12_381.G1.Point.fromBytes(publicKey).toAffine();
  return concatBytes(field(x), field(y));
}

/** A signature of 96 bytes in the 256 of EIP-2537. Throws for one that is no point of its group. */
export function uncompressSignature(signature: Uint8Array): Uint8Array {
  const { x, y } = bls12_381.G2.Point.fromBytes(signature).toAffine();
  return concatBytes(field(x.c0), field(x.c1), field(y.c0), field(y.c1));
}

/** A number of the base field in 64 bytes, as EIP-2537 has it. */
function field(value: bigint): Uint8Array {
  return bigintToBytes(value, 64);
}
