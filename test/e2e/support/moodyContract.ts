import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Image, saveImage, writeImage } from "@delchain/images";
import {
  CODE_KINDS,
  encodeEnvelope,
  encodeManifest,
  type Manifest,
  toHex,
} from "@delchain/runtime";
import { type Abi, type Hex, parseAbi } from "viem";
import { cImage } from "../../../images/c/image.ts";
import { compileProgram } from "../../../images/c/program.ts";

export const moodyAbi: Abi = parseAbi([
  "function clock() returns (uint256)",
  "function spin()",
  "function crash()",
  "function count() returns (uint256)",
  "function refuse()",
  "function tell()",
  "function remember() returns (uint256)",
  "function received() payable returns (uint256)",
]);

/** `moody.c` as an image, and the data of the transaction that deploys it. */
export type MoodyContract = { readonly image: Image; readonly initCode: Hex };

/** With a `label` the image has a digest that no engine has seen. */
export function buildMoody(
  label = "moody",
  policies: Partial<Manifest> = {},
): Promise<MoodyContract> {
  return buildContainer(new URL("./moody.c", import.meta.url), label, policies);
}

/** A contract of one file in C, as a container that takes value. */
export async function buildContainer(
  file: URL,
  label: string,
  policies: Partial<Manifest> = {},
): Promise<MoodyContract> {
  const source = fileURLToPath(file);
  const plain = cImage(await compileProgram(source));
  const config = { ...plain.config, labels: { "delchain.test": label } };
  const image = await writeImage({ ...plain, config });
  const manifest = encodeManifest({
    name: "moody",
    image: image.digest,
    platform: "linux/amd64",
    entrypoint: ["/contract"],
    resources: "small",
    payable: false,
    isolation: "fork",
    determinism: "standard",
    attestation: "identical",
    ...policies,
  });
  return { image, initCode: toHex(encodeEnvelope(CODE_KINDS.container, manifest)) };
}

/** An image store of its own, with these images in it. */
export async function imageFolder(...images: readonly Image[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "delchain-images-"));
  for (const image of images) await saveImage(folder, image);
  return folder;
}
