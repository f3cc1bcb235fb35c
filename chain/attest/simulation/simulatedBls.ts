import { concatBytes, fromHex, type Hex, keccak256Bytes, toHex } from "@delchain/runtime";
import type { Bls } from "../bls.ts";

const SIGNATURE_BYTES = 96;

/**
 * Signatures that cost a hash, for tens of thousands of simulated runs: only who holds a secret can make one, and
 * anybody can check it, because all secrets made here are known here. Aggregates are sums, whatever the order.
 */
export class SimulatedBls implements Bls {
  readonly name = "simulated";
  readonly #secrets = new Map<Hex, Uint8Array>();

  publicKey(secret: Uint8Array): Uint8Array {
    const half = keccak256Bytes(secret);
    const key = concatBytes(half, half.subarray(0, 16));
    this.#secrets.set(toHex(key), secret);
    return key;
  }

  sign(secret: Uint8Array, message: Uint8Array): Uint8Array {
    const third = keccak256Bytes(concatBytes(secret, message));
    return concatBytes(third, third, third);
  }

  aggregate(signatures: readonly Uint8Array[]): Uint8Array {
    const sum = new Uint8Array(SIGNATURE_BYTES);
    for (const signature of signatures) {
      for (let i = 0; i < SIGNATURE_BYTES; i++)
        sum[i] = (sum[i] as number) + (signature[i] as number);
    }
    return sum;
  }

  verifyAggregate(
    publicKeys: readonly Uint8Array[],
    message: Uint8Array,
    signature: Uint8Array,
  ): boolean {
    return this.verifyDistinct(
      publicKeys,
      publicKeys.map(() => message),
      signature,
    );
  }

  verifyDistinct(
    publicKeys: readonly Uint8Array[],
    messages: readonly Uint8Array[],
    signature: Uint8Array,
  ): boolean {
    const signatures: Uint8Array[] = [];
    publicKeys.forEach((key, i) => {
      const secret = this.#secrets.get(toHex(key));
      if (secret) signatures.push(this.sign(secret, messages[i] as Uint8Array));
    });
    if (signatures.length === 0 || signatures.length !== publicKeys.length) return false;
    const sum = this.aggregate(signatures);
    return sum.every((byte, i) => byte === signature[i]);
  }

  /** The secret of a host made here. */
  secretOf(publicKey: Hex): Uint8Array {
    return this.#secrets.get(publicKey) ?? fromHex("0x00");
  }
}
