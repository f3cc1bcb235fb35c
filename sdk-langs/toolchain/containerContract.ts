import { DEFAULT_STORE, type ImageSource, storeImage } from "@delchain/images";
import { CODE_KINDS, encodeEnvelope, encodeManifest, InvalidInput } from "@delchain/runtime";
import { type Abi, type Hex, isHex, toFunctionSelector } from "viem";
import { containerOptions } from "./containerOptions.ts";
import { signersOf } from "./signers.ts";
import type { CompiledContract, ManifestNeeds } from "./toolchain.ts";

export type ContainerProgram = {
  /** The project's folder. */
  readonly root: string;
  /** The contract's name; the manifest's is made of it. */
  readonly name: string;
  readonly abi: Abi;
  readonly image: ImageSource;
  readonly manifest: ManifestNeeds;
};

/**
 * Writes a contract's image into the store of this machine's nodes, and makes the manifest that names it by digest:
 * what a creation transaction carries.
 */
export async function containerContract({
  root,
  name,
  abi,
  image: source,
  manifest: needs,
}: ContainerProgram): Promise<Required<Pick<CompiledContract, "code" | "image">>> {
  const image = await storeImage(DEFAULT_STORE, source);
  const { platform, config } = source;
  const { upgrade, hosting, outputs, probes } = containerOptions(root);
  const signers = signersOf(root);
  const manifest = encodeManifest({
    name: manifestName(name),
    image: image.digest,
    platform,
    entrypoint: config.entrypoint,
    abi,
    payable: abi.some(({ type }) => type === "receive"),
    ...needs,
    attestation: "identical",
    ...(upgrade && { upgrade }),
    ...(hosting && { hosting }),
    ...(outputs?.[name] && { outputs: outputs[name] }),
    ...(probes?.[name] && { probe: probeOf(name, probes[name], abi) }),
    ...(signers.length > 0 ? { signers } : {}),
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

/** Throws `InvalidInput` for a function that the contract does not have. */
function probeOf(name: string, probe: string, abi: Abi): Hex {
  if (isHex(probe)) return probe;
  const names = abi.flatMap((entry) =>
    entry.type === "function" && entry.inputs.length === 0 ? [`${entry.name}()`] : [],
  );
  if (names.includes(probe)) return toFunctionSelector(probe);
  const known = names.length > 0 ? `it has ${names.join(", ")}` : "it has none without arguments";
  throw new InvalidInput(
    { code: "NO_SUCH_FUNCTION", probe },
    `container.probes.${name} is ${probe}, which is no function of ${name}: ${known}`,
  );
}
