import blst from "@chainsafe/blst";
import { equalBytes } from "@delchain/runtime";
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
};

/** blst where it runs and answers as noble does, else noble. The choice is for the log. */
export function chooseBls(): { readonly bls: Bls; readonly reason: string } {
  try {
    const secret = new Uint8Array(32).fill(7);
    const message = new TextEncoder().encode(BLS_DOMAIN);
    const signature = nativeBls.sign(secret, message);
    const agrees =
      equalBytes(signature, nobleBls.sign(secret, message)) &&
      nativeBls.verifyAggregate([nobleBls.publicKey(secret)], message, signature);
    if (agrees) return { bls: nativeBls, reason: "native, self-test passed" };
    return { bls: nobleBls, reason: `${nativeBls.name} fails its self-test` };
  } catch (error) {
    return { bls: nobleBls, reason: `${nativeBls.name} does not run here: ${String(error)}` };
  }
}
