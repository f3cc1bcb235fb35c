import { bigintToBytes, equalBytes, fromHex, type Hex } from "@delchain/runtime";
import { type Recovery, signatureBytes } from "./signer.ts";

type Vector = {
  readonly hash: Uint8Array;
  readonly signature: Uint8Array;
  readonly yParity: 0 | 1;
  /** `undefined`: no key can have signed. */
  readonly publicKey: Uint8Array | undefined;
};

// x of the generator: k = 1 makes signatures that can be written down.
const GENERATOR_X = 0x79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798n;

/** Both parities, and the two ways in which nobody can have signed. Keys and hashes are keccak-256 of words. */
const VECTORS: readonly Vector[] = [
  vector(
    "0x23dc111d7c3ad1df9806ce1e8eb4f55f57dba117339c545e7593d1f6c3b02662",
    "0xe529e817f3ce5da19a5e194634b8f1adb82a2f338ba535a2f51dbbe1b1ef80c64fecb079e0e7b472e84163b20f05ecef58ba8af9fc797dd65967d527a11c5759",
    0,
    "0x9de23a9e42d57b3d0e688ba2ae7965200e95b5d01c9cac95d66d3452f2f31564729a89b56a90d730cc4167d60c7de0e336e521db25767257b19f8f45b767c0fa",
  ),
  vector(
    "0x332c39dcd398ea34a48b871898d589f55fc4c7bce00562fb670c972e7e1b0720",
    "0x8a835f2301c15b6800d568ca0adfb86533dd01ec56451a35e9d9589f3563d25b6247be8db5272b475eb45f9efbda5415e81b6b5b0bc5cb310b427a7181ed4867",
    1,
    "0x957accc65a850ed259640c3d50d8137c74a4cc5ea32813cd363241a693038ab989663bc5aa3947eba3ab207a10ae0427fa1ef828ed30cbb5f10e60054cb16304",
  ),
  // No point of the curve has the x coordinate 5.
  {
    hash: word(1n),
    signature: signatureBytes({ yParity: 0, r: 5n, s: 1n }),
    yParity: 0,
    publicKey: undefined,
  },
  // s x R equals hash x G, so the key would be the point at infinity.
  {
    hash: word(1n),
    signature: signatureBytes({ yParity: 0, r: GENERATOR_X, s: 1n }),
    yParity: 0,
    publicKey: undefined,
  },
];

/** Whether a way of recovery gives what it must; asked once, before it is trusted with anything. */
export function passesSelfTest(recovery: Recovery): boolean {
  return VECTORS.every(({ hash, signature, yParity, publicKey }) => {
    const recovered = recovery.recover(hash, signature, yParity);
    if (recovered === undefined || publicKey === undefined) return recovered === publicKey;
    return equalBytes(recovered, publicKey);
  });
}

function vector(hash: Hex, signature: Hex, yParity: 0 | 1, publicKey: Hex): Vector {
  return {
    hash: fromHex(hash),
    signature: fromHex(signature),
    yParity,
    publicKey: fromHex(publicKey),
  };
}

function word(value: bigint): Uint8Array {
  return bigintToBytes(value, 32);
}
