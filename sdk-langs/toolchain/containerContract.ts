import { DEFAULT_STORE, type ImageSource, saveImage, writeImage } from "@delchain/images";
import { CODE_KINDS, encodeEnvelope, encodeManifest, type Manifest } from "@delchain/runtime";
import type { Abi } from "viem";
import type { CompiledContract } from "./toolchain.ts";

export type ContainerProgram = {
  /** The contract's name; the manifest's is made of it. */
  readonly name: string;
  readonly abi: Abi;
  readonly image: ImageSource;
  readonly resources: Manifest["resources"];
  readonly isolation: Manifest["isolation"];
};

/**
 * Writes a contract's image into the store of this machine's nodes, and makes the manifest that names it by digest:
 * what a creation transaction carries.
 */
export async function containerContract({
  name,
  abi,
  image: source,
  resources,
  isolation,
}: ContainerProgram): Promise<Required<Pick<CompiledContract, "code" | "image">>> {
  const image = await writeImage(source);
  await saveImage(DEFAULT_STORE, image);
  const { platform, config } = source;
  const manifest = encodeManifest({
    name: manifestName(name),
    image: image.digest,
    platform,
    entrypoint: config.entrypoint,
    abi,
    resources,
    payable: abi.some(({ type }) => type === "receive"),
    isolation,
    determinism: "standard",
    attestation: "identical",
  });
  return {
    code: encodeEnvelope(CODE_KINDS.container, manifest),
    image: { digest: image.digest, platform },
  };
}

/** `MyToken` is `my-token` in a manifest. */
function manifestName(name: string): string {
  const words = name.replaceAll(/([a-z0-9])([A-Z])/g, "$1-$2").toLowerCase();
  return words.replaceAll(/[^a-z0-9-]/g, "-").slice(0, 64);
}
