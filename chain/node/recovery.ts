import { createRequire } from "node:module";
import { passesSelfTest } from "../tx/recoverySelfTest.ts";
import { nobleRecovery, type Recovery } from "../tx/signer.ts";

/** The way of recovery that this machine uses, and for the log why not a faster one. */
export type ChosenRecovery = {
  readonly recovery: Recovery;
  /** What was tried before it, fastest first. */
  readonly passedOver: readonly { readonly name: string; readonly reason: string }[];
};

/** How one way is got at; rejects where this machine lacks it. */
export type RecoveryLoader = { readonly name: string; readonly load: () => Promise<Recovery> };

/** Fastest first: about 14,000, 5,000 and 600 recoveries a second on one core. */
export const RECOVERY_LOADERS: readonly RecoveryLoader[] = [
  { name: "secp256k1 (native)", load: loadNative },
  { name: "@bitauth/libauth (WebAssembly)", load: loadWebAssembly },
  { name: nobleRecovery.name, load: () => Promise.resolve(nobleRecovery) },
];

/**
 * The fastest way to recover signers that this machine has and that gives the known answers. Throws when not
 * even the last one does: such a machine must not verify anything.
 */
export async function chooseRecovery(
  loaders: readonly RecoveryLoader[] = RECOVERY_LOADERS,
): Promise<ChosenRecovery> {
  const passedOver: { name: string; reason: string }[] = [];
  for (const { name, load } of loaders) {
    try {
      const recovery = await load();
      if (passesSelfTest(recovery)) return { recovery, passedOver };
      passedOver.push({ name, reason: "gives wrong answers to known signatures" });
    } catch (error) {
      passedOver.push({ name, reason: error instanceof Error ? error.message : String(error) });
    }
  }
  const reasons = passedOver.map(({ name, reason }) => `${name}: ${reason}`).join("; ");
  throw new Error(`no way to recover signers works on this machine (${reasons})`);
}

type NativeAddon = {
  ecdsaRecover(
    signature: Uint8Array,
    recoveryId: number,
    hash: Uint8Array,
    isCompressed: boolean,
  ): Uint8Array;
};

/** Optional package. Its front door falls back to slow JavaScript in silence, so the addon itself is asked for. */
function loadNative(): Promise<Recovery> {
  const addon = createRequire(import.meta.url)("secp256k1/bindings.js") as NativeAddon;
  return Promise.resolve({
    name: "secp256k1 (native)",
    recover(hash, signature, yParity) {
      try {
        return addon.ecdsaRecover(signature, yParity, hash, false).subarray(1);
      } catch {
        return undefined;
      }
    },
  });
}

async function loadWebAssembly(): Promise<Recovery> {
  // The package's front door takes 200 ms to load, this module of it 12.
  const { instantiateSecp256k1 } = await import("@bitauth/libauth/build/lib/crypto/secp256k1.js");
  const curve = await instantiateSecp256k1();
  return {
    name: "@bitauth/libauth (WebAssembly)",
    recover(hash, signature, yParity) {
      const publicKey = curve.recoverPublicKeyUncompressed(signature, yParity, hash);
      return typeof publicKey === "string" ? undefined : publicKey.subarray(1);
    },
  };
}
