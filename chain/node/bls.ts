import blst from "@chainsafe/blst";
import { equalBytes, fromHex } from "@delchain/runtime";
import { BLS_DOMAIN, type Bls } from "../attest/bls.ts";
import { nobleBls } from "../attest/nobleBls.ts";

/** blst's own, whose domain separation tag is `BLS_DOMAIN`; the self-test below would notice another. */
const nativeBls: Bls = {
  name: "@chainsafe/blst",
  publicKey(secret) {
    return blst.SecretKey.fromBytes(secret).toPublicKey().toBytes();
  },
  sign(secret, message) {
    return blst.SecretKey.fromBytes(secret).sign(message).toBytes();
  },
  aggregate(signatures) {
    return blst.aggregateSerializedSignatures([...signatures], true).toBytes();
  },
  verifyAggregate(publicKeys, message, signature) {
    if (publicKeys.length === 0) return false;
    try {
      const keys = publicKeys.map((bytes) => blst.PublicKey.fromBytes(bytes, true));
      const point = blst.Signature.fromBytes(signature, true, true);
      return blst.fastAggregateVerify(message, keys, point, true);
    } catch {
      // blst throws for what is no point of the right subgroup, or infinity.
      return false;
    }
  },
  verifyDistinct(publicKeys, messages, signature) {
    if (publicKeys.length === 0 || publicKeys.length !== messages.length) return false;
    try {
      const keys = publicKeys.map((bytes) => blst.PublicKey.fromBytes(bytes, true));
      const point = blst.Signature.fromBytes(signature, true, true);
      return blst.aggregateVerify([...messages], keys, point, true, true);
    } catch {
      return false;
    }
  },
};

/**
 * A signature that noble made, over `BLS_DOMAIN` by the secret of 32 sevens: the self-test of every start, which
 * would take noble itself 200 ms in each thread. BLS is deterministic, so there is no other right answer.
 */
const KNOWN = {
  secret: new Uint8Array(32).fill(7),
  message: new TextEncoder().encode(BLS_DOMAIN),
  publicKey: fromHex(
    "0xa4cafe0e4602bb74340d45b931591034894f6be4aae24c4e80931d622636bb4da64804903072c655995b423113f41705",
  ),
  signature: fromHex(
    "0x873566a4bb86fa2b286e2c654d9633768301d151dac095551f11a00dbeb1e5896d273d825cef1d67f46360b202fde54b0b11e003b777d1976b4f6fa409e27c98781e909cad8de9222a094944ef081f5176fdb1894b4489aedc42dc5f80ee836c",
  ),
} as const;

/** Whether an implementation gives the known answers, and does not take one for another message. */
export function passesBlsSelfTest(bls: Bls): boolean {
  const { secret, message, publicKey, signature } = KNOWN;
  return (
    equalBytes(bls.publicKey(secret), publicKey) &&
    equalBytes(bls.sign(secret, message), signature) &&
    bls.verifyAggregate([publicKey], message, signature) &&
    !bls.verifyAggregate([publicKey], message.subarray(1), signature)
  );
}

/** blst where it runs and gives the known answers, else noble. The choice is for the log. */
export function chooseBls(): { readonly bls: Bls; readonly reason: string } {
  try {
    if (passesBlsSelfTest(nativeBls)) return { bls: nativeBls, reason: "native, self-test passed" };
    return { bls: nobleBls, reason: `${nativeBls.name} fails its self-test` };
  } catch (error) {
    return { bls: nobleBls, reason: `${nativeBls.name} does not run here: ${String(error)}` };
  }
}
