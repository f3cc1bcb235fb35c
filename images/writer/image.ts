import { createHash } from "node:crypto";
import type { ImageDigest, Platform } from "@delchain/runtime";
import canonicalize from "canonicalize";
import { type ImageEntry, orderEntries } from "./entries.ts";
import { encodeTar } from "./tar.ts";

/** What the image says of itself; drivers set user, environment and limits on their own. */
export type ImageConfig = {
  readonly entrypoint: readonly string[];
  readonly environment?: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
};

export type ImageSource = {
  /** `linux/amd64` runs under a container engine, `wasi/wasm` in the wasmer driver. */
  readonly platform: Platform;
  readonly entries: readonly ImageEntry[];
  readonly config: ImageConfig;
};

export type Image = {
  /**
   * `sha256:` and the hash of the configuration's bytes, which name the layer's hash: the image's name in
   * manifests. Never the `Id` that an engine shows: newer engines show another hash for the same archive.
   */
  readonly digest: ImageDigest;
  /** A docker-archive (`docker load`) with one layer. */
  readonly archive: Uint8Array;
};

/** The repository that every image is tagged under, the digest's digits being the tag. */
export const IMAGE_REPOSITORY = "delchain.local/image";

// The image specification wants dates; this one says that none is meant.
const CREATED = "1970-01-01T00:00:00Z";

/**
 * Writes an image: equal entries and configuration give equal bytes on every machine. Throws `InvalidInput` for
 * an entry that no image may have.
 */
export async function writeImage(source: ImageSource): Promise<Image> {
  const layer = await encodeTar(orderEntries(source.entries));
  const layerHash = sha256(layer);
  const config = encodeConfig(source, layerHash);
  const configHash = sha256(config);
  const manifest = canonicalBytes([
    {
      Config: `${configHash}.json`,
      Layers: [`${layerHash}/layer.tar`],
      RepoTags: [`${IMAGE_REPOSITORY}:${configHash}`],
    },
  ]);
  const archive = await encodeTar([
    { kind: "file", path: `${configHash}.json`, mode: 0o644, data: config },
    { kind: "directory", path: layerHash, mode: 0o755 },
    { kind: "file", path: `${layerHash}/layer.tar`, mode: 0o644, data: layer },
    { kind: "file", path: "manifest.json", mode: 0o644, data: manifest },
  ]);
  return { digest: `sha256:${configHash}`, archive };
}

/** The image's configuration (OCI image specification, section "Image Configuration") in RFC 8785's form. */
function encodeConfig(source: ImageSource, layerHash: string): Uint8Array {
  const [os, architecture] = source.platform.split("/");
  return canonicalBytes({
    architecture,
    os,
    created: CREATED,
    config: {
      Entrypoint: source.config.entrypoint,
      Env: source.config.environment ?? [],
      Labels: source.config.labels ?? {},
      WorkingDir: "/",
    },
    rootfs: { type: "layers", diff_ids: [`sha256:${layerHash}`] },
    history: [{ created: CREATED, created_by: "delchain images" }],
  });
}

function canonicalBytes(value: unknown): Uint8Array {
  return Buffer.from(canonicalize(value) as string);
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
