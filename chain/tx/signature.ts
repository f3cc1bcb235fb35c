import type { RlpItem } from "@delchain/runtime";
import { invalidTransaction } from "./invalidTransaction.ts";
import { readInteger } from "./rlpFields.ts";
import type { Signature } from "./transaction.ts";

/** The order of secp256k1's group (SEC 2, section 2.4.1). */
export const CURVE_ORDER: bigint =
  0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;

/** Of s and n - s, both valid to the curve, this chain takes the lower one (EIP-2). */
export const S_MAX: bigint = CURVE_ORDER / 2n;

export function readSignature(
  yParityItem: RlpItem | undefined,
  rItem: RlpItem | undefined,
  sItem: RlpItem | undefined,
): Signature {
  const yParity = readInteger(yParityItem, "yParity", 32);
  if (yParity > 1n) {
    throw invalidTransaction(
      { code: "SIGNATURE_PARITY", yParity },
      `invalid transaction v, r, s values: yParity is ${yParity}, not 0 or 1`,
    );
  }
  return signature(yParity === 0n ? 0 : 1, rItem, sItem);
}

/** `v` is chain id x 2 + 35 + yParity (EIP-155), for our chain id and no other. */
export function readLegacySignature(
  vItem: RlpItem | undefined,
  rItem: RlpItem | undefined,
  sItem: RlpItem | undefined,
  chainId: bigint,
): Signature {
  // A byte more than the chain id's 32, for its doubling.
  const v = readInteger(vItem, "v", 33);
  if (v < 35n) {
    throw invalidTransaction(
      { code: "CHAIN_ID_MISSING", v },
      `only replay-protected (EIP-155) transactions allowed over RPC: v is ${v} and names no chain; ` +
        `sign for chain id ${chainId}`,
    );
  }
  const signedFor = (v - 35n) / 2n;
  if (signedFor !== chainId) {
    throw invalidTransaction(
      { code: "CHAIN_ID", chainId: signedFor, expected: chainId },
      `invalid chain id for signer: have ${signedFor}, want ${chainId}; select this network in the wallet`,
    );
  }
  return signature((v - 35n) % 2n === 0n ? 0 : 1, rItem, sItem);
}

function signature(
  yParity: 0 | 1,
  rItem: RlpItem | undefined,
  sItem: RlpItem | undefined,
): Signature {
  const r = readInteger(rItem, "r", 32);
  const s = readInteger(sItem, "s", 32);
  checkSignature(r, s);
  return { yParity, r, s };
}

/** Throws `InvalidInput<InvalidTransaction>` for values outside the group and for a high s. */
export function checkSignature(r: bigint, s: bigint): void {
  for (const [field, value] of [
    ["r", r],
    ["s", s],
  ] as const) {
    if (value <= 0n || value >= CURVE_ORDER) {
      throw invalidTransaction(
        { code: "SIGNATURE_RANGE", field, value },
        `invalid transaction v, r, s values: ${field} is ${value}; it lies between 1 and the curve's order`,
      );
    }
  }
  if (s > S_MAX) {
    throw invalidTransaction(
      { code: "SIGNATURE_NOT_LOW", s, limit: S_MAX },
      `invalid transaction v, r, s values: s is over half the curve's order (EIP-2); use n - s and the other yParity`,
    );
  }
}
