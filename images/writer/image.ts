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

/** A layer that many images stand on: a runtime, an SDK. A store encodes it once for each key. */
export type BaseLayer = {
  /** Hash of all that decides its bytes, code of ours included. */
  readonly key: string;
  readonly entries: () => Promise<readonly ImageEntry[]>;
};

export type ImageSource = {
  /** `linux/amd64` runs under a container engine, `wasi/wasm` in the wasmer driver. */
  readonly platform: Platform;
  /** Lowest first; a file of a later layer takes the place of an earlier one's. */
  readonly layers: readonly (BaseLayer | readonly ImageEntry[])[];
  readonly config: ImageConfig;
};

/** A layer as it is hashed and unpacked: a tar, and the 64 hex digits of its SHA-256. */
export type ImageLayer = { readonly hash: string; readonly bytes: Uint8Array };

export type Image = {
  /**
   * `sha256:` and the hash of the configuration's bytes, which name the layers' hashes: the image's name in
   * manifests. Never the `Id` that an engine shows: newer engines show another hash for the same image.
   */
  readonly digest: ImageDigest;
  /** The image's configuration in JSON. */
  readonly config: Uint8Array;
  readonly layers: readonly ImageLayer[];
};

// The image specification wants dates; this one says that none is meant.
const CREATED = "1970-01-01T00:00:00Z";

/**
 * Writes an image in memory: equal entries and configuration give equal bytes on every machine. Throws `InvalidInput`
 * for an entry that no image may have.
 */
export async function writeImage(source: ImageSource): Promise<Image> {
  const layers: ImageLayer[] = [];
  for (const layer of source.layers) {
    layers.push(await encodeLayer("key" in layer ? await layer.entries() : layer));
  }
  const config = encodeConfig(
    source,
    layers.map(({ hash }) => hash),
  );
  return { digest: `sha256:${sha256(config)}`, config, layers };
}

export async function encodeLayer(entries: readonly ImageEntry[]): Promise<ImageLayer> {
  const bytes = await encodeTar(orderEntries(entries));
  return { hash: sha256(bytes), bytes };
}

/** The image's configuration (OCI image specification, section "Image Configuration") in RFC 8785's form. */
export function encodeConfig(
  source: Omit<ImageSource, "layers">,
  layerHashes: readonly string[],
): Uint8Array {
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
    rootfs: { type: "layers", diff_ids: layerHashes.map((hash) => `sha256:${hash}`) },
    history: layerHashes.map(() => ({ created: CREATED, created_by: "delchain images" })),
  });
}

export function canonicalBytes(value: unknown): Uint8Array {
  return Buffer.from(canonicalize(value) as string);
}

export function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
