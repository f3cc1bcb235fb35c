import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { type ImageDigest, InvalidInput, Unavailable } from "@delchain/runtime";
import {
  encodeConfig,
  encodeLayer,
  type Image,
  type ImageLayer,
  type ImageSource,
  sha256,
} from "../writer/image.ts";
import {
  basePath,
  CONFIGS,
  configPath,
  digitsOf,
  fileBytes,
  LAYERS,
  layerPath,
  touch,
  writeAtomically,
} from "./layout.ts";

/** What all layers of a store may take. A hundred runtimes of 155 MB; a project's own layers are some kB each. */
export const STORE_BYTES_MAX: number = 16 * 1024 ** 3;
/** A configuration of ours has 500 bytes; those of others list a command for each layer. */
export const CONFIG_BYTES_MAX: number = 256 * 1024;

export type SavedImage = { readonly digest: ImageDigest; readonly bytes: number };

/**
 * Builds an image into a store: bases that the store has are not encoded again. Throws `InvalidInput` for an entry that
 * no image may have, `Unavailable` when the store is full.
 */
export async function storeImage(store: string, source: ImageSource): Promise<SavedImage> {
  const hashes: string[] = [];
  for (const layer of source.layers) {
    const known = "key" in layer ? await knownBase(store, layer.key) : undefined;
    if (known !== undefined) {
      hashes.push(known);
      continue;
    }
    const encoded = await encodeLayer("key" in layer ? await layer.entries() : layer);
    await saveLayer(store, encoded);
    if ("key" in layer) await writeAtomically(basePath(store, layer.key), [text(encoded.hash)]);
    hashes.push(encoded.hash);
  }
  return saveConfig(store, encodeConfig(source, hashes));
}

/** Keeps an image that was written in memory. Throws as `storeImage`. */
export async function saveImage(
  store: string,
  image: Image,
  limit: number = STORE_BYTES_MAX,
): Promise<SavedImage> {
  for (const layer of image.layers) await saveLayer(store, layer, limit);
  return saveConfig(store, image.config);
}

/** Whether the store has an image whole, and each of its layers. */
export async function hasImage(store: string, digest: string): Promise<boolean> {
  const config = await readFile(configPath(store, digest)).catch(() => undefined);
  if (config === undefined || sha256(config) !== digitsOf(digest)) return false;
  const sizes = await Promise.all(
    layersOf(digest, config).map((hash) => fileBytes(layerPath(store, hash))),
  );
  return sizes.every((size) => size !== undefined);
}

/** An image's configuration, verified. Throws `Unavailable` when the store has none, `InvalidInput` for another one. */
export async function loadConfig(store: string, digest: string): Promise<Uint8Array> {
  const config = await readFile(configPath(store, digest)).catch(() => undefined);
  if (config === undefined) {
    const message = `image ${digest} is not in the store ${store}; build it (delchain build, npm run images) or bring it (delchain images import)`;
    throw new Unavailable("images", message);
  }
  if (config.length > CONFIG_BYTES_MAX || sha256(config) !== digitsOf(digest)) {
    throw mismatch(digest, "its configuration has another hash");
  }
  return config;
}

/** The hashes of an image's layers, lowest first: 64 hex digits each. Throws `InvalidInput` for a configuration without. */
export function layersOf(digest: string, config: Uint8Array): readonly string[] {
  const { rootfs } = JSON.parse(Buffer.from(config).toString()) as {
    rootfs?: { diff_ids?: readonly unknown[] };
  };
  const layers = rootfs?.diff_ids ?? [];
  if (layers.length === 0) throw mismatch(digest, "its configuration names no layers");
  return layers.map((layer) => digitsOf(String(layer)));
}

export function mismatch(digest: string, why: string): InvalidInput {
  return new InvalidInput(
    { code: "imageMismatch", digest },
    `what the store has as image ${digest} is not that image: ${why}; delete it (delchain images rm --force ${digest}) and build or import it again`,
  );
}

/** Keeps a layer. Throws `Unavailable` that says how to make room when it would pass the store's limit. */
async function saveLayer(
  store: string,
  { hash, bytes }: ImageLayer,
  limit: number = STORE_BYTES_MAX,
): Promise<void> {
  const path = layerPath(store, hash);
  // One that a full disk has cut is written anew.
  if ((await fileBytes(path)) === bytes.length && (await touch(path))) return;
  await checkRoom(store, bytes.length, limit);
  await writeAtomically(path, [bytes]);
}

/** Throws `Unavailable` when so many bytes more would pass the store's limit. */
export async function checkRoom(
  store: string,
  bytes: number,
  limit: number = STORE_BYTES_MAX,
): Promise<void> {
  const used = await storeBytes(store);
  if (used + bytes <= limit) return;
  throw new Unavailable(
    "images",
    `the image store ${store} has ${used} bytes of layers and would pass its limit of ${limit} with ${bytes} more; make room: delchain images prune, then delchain images rm of what is not needed`,
  );
}

/** Bytes of all layers. */
export async function storeBytes(store: string): Promise<number> {
  const names = await readdir(join(store, LAYERS)).catch(() => []);
  const sizes = await Promise.all(names.map((name) => fileBytes(join(store, LAYERS, name))));
  return sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0);
}

/** After its layers, so that an image whose configuration is there is whole. */
export async function saveConfig(store: string, config: Uint8Array): Promise<SavedImage> {
  const digest: ImageDigest = `sha256:${sha256(config)}`;
  const path = configPath(store, digest);
  if (!(await hasImage(store, digest)) || !(await touch(path))) {
    await writeAtomically(path, [config]);
  }
  return { digest, bytes: await layerBytes(store, layersOf(digest, config)) };
}

/** Bytes of an image's layers, those that it shares included. Throws as `loadConfig`. */
export async function imageBytes(store: string, digest: string): Promise<number> {
  return layerBytes(store, layersOf(digest, await loadConfig(store, digest)));
}

async function layerBytes(store: string, hashes: readonly string[]): Promise<number> {
  const sizes = await Promise.all(hashes.map((hash) => fileBytes(layerPath(store, hash))));
  return sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0);
}

/** Digests of all images. */
export async function storedDigests(store: string): Promise<readonly ImageDigest[]> {
  const names = await readdir(join(store, CONFIGS)).catch(() => []);
  return names.flatMap((name): ImageDigest[] => {
    const digits = /^([0-9a-f]{64})\.json$/.exec(name)?.[1];
    return digits === undefined ? [] : [`sha256:${digits}`];
  });
}

async function knownBase(store: string, key: string): Promise<string | undefined> {
  const hash = (await readFile(basePath(store, key), "utf8").catch(() => "")).trim();
  return /^[0-9a-f]{64}$/.test(hash) && (await touch(layerPath(store, hash))) ? hash : undefined;
}

function text(value: string): Uint8Array {
  return Buffer.from(`${value}\n`);
}
