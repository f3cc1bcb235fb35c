import type { BuiltImage } from "@delchain/images";
import { encodeManifest } from "@delchain/runtime";
import { tokenAbi } from "./tokenAbi.ts";

/** The payload that deploys the tour's token from an image: its canonical manifest. */
export function tokenManifest(image: BuiltImage): Uint8Array {
  const { name, digest, platform, entrypoint, isolation } = image;
  return encodeManifest({
    name: `token-${name}`,
    image: digest,
    platform,
    entrypoint,
    abi: tokenAbi,
    resources: name === "php" ? "medium" : "small",
    payable: false,
    isolation,
    determinism: "standard",
    attestation: "identical",
  });
}
