import {
  type BatchCall,
  type BlockContext,
  encodeManifest,
  type HostedRequest,
  keccak256,
  type Manifest,
  toHash,
} from "@delchain/runtime";
import { CALLER, CONTRACT } from "./driverBench.ts";
import type { HostileImage } from "./hostileImage.ts";

const SEED = toHash(`0x${"5e".repeat(32)}`);
const BLOCK: BlockContext = {
  chainId: 31_337n,
  number: 1n,
  timestamp: 1_700_000_000n,
  gasLimit: 1n << 27n,
  baseFee: 7n,
  producer: CALLER,
  randomness: SEED,
};

export type RequestChanges = Partial<
  HostedRequest & Pick<Manifest, "image" | "platform" | "isolation" | "determinism">
>;

/** A call of the hostile contract, which does what its input says. */
export function hostileCall(mode: string): BatchCall {
  const input = new TextEncoder().encode(mode);
  const sending = { callId: SEED, hops: 0, prices: { execute: 1n, order: 1n } };
  const people = { caller: CALLER, origin: CALLER };
  return { ...people, value: 0n, input, gasLimit: 1_000_000n, seed: SEED, sending };
}

/** What a manager is asked to run of the hostile contract: one call unless told. */
export function hostedRequest(
  image: HostileImage,
  resources: Manifest["resources"],
  changes: RequestChanges = {},
): HostedRequest {
  const manifest = encodeManifest({
    name: "hostile",
    image: changes.image ?? image.digest,
    platform: changes.platform ?? "linux/amd64",
    entrypoint: ["/hostile"],
    resources,
    payable: false,
    isolation: changes.isolation ?? "fork",
    determinism: changes.determinism ?? "standard",
    attestation: "identical",
  });
  return {
    contract: changes.contract ?? CONTRACT,
    manifest,
    manifestHash: keccak256(manifest),
    replica: changes.replica ?? 0,
    block: BLOCK,
    calls: changes.calls ?? [hostileCall("count")],
  };
}
