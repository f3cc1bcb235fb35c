import { createHash, randomUUID } from "node:crypto";
import { mkdir, open, readFile, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { type ImageArchives, type ImageDigest, InvalidInput, Unavailable } from "@delchain/runtime";
import { extract } from "tar-stream";
import { MAX_ENTRIES, MAX_IMAGE_BYTES } from "./entries.ts";
import type { Image } from "./image.ts";

const DIGEST = /^sha256:([0-9a-f]{64})$/;

/** Headers and padding of the layer's entries (at most 1,024 bytes each) and of the archive around them. */
export const MAX_ARCHIVE_BYTES: number = MAX_IMAGE_BYTES + MAX_ENTRIES * 1024 + 1024 * 1024;
/** Configuration, layer folder, layer, manifest. */
const ARCHIVE_ENTRIES = 4;

/** Where a store keeps an image: `<store>/<digits of the digest>.tar`. Throws `InvalidInput` for no digest. */
export function imagePath(store: string, digest: string): string {
  const digits = DIGEST.exec(digest)?.[1];
  if (digits === undefined) {
    const message = `"${digest.slice(0, 80)}" is no image digest: write sha256: and 64 lower-case hex digits`;
    throw new InvalidInput({ code: "imageDigest", digest }, message);
  }
  return join(store, `${digits}.tar`);
}

export async function hasImage(store: string, digest: string): Promise<boolean> {
  return stat(imagePath(store, digest)).then(
    (file) => file.isFile(),
    () => false,
  );
}

/** A store as drivers ask it. */
export function openImageStore(store: string): ImageArchives {
  return {
    has: (digest) => hasImage(store, digest),
    archive: async (digest) => (await loadImage(store, digest)).archive,
  };
}

/** Keeps an image. Readers see the whole archive or none, also after a crash. */
export async function saveImage(store: string, image: Image): Promise<string> {
  const path = imagePath(store, image.digest);
  await writeAtomically(path, image.archive);
  return path;
}

/** Writes beside the file and renames, so that nobody reads half of it. */
export async function writeAtomically(path: string, bytes: Uint8Array): Promise<void> {
  const temporary = `${path}.${randomUUID()}.new`;
  await mkdir(join(path, ".."), { recursive: true });
  try {
    const file = await open(temporary, "w");
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } finally {
    await rm(temporary, { force: true });
  }
}

/**
 * Reads an image and verifies that it is the one its digest names, layer included. Throws `Unavailable` when the
 * store has no such image, `InvalidInput` when the file holds something else.
 */
export async function loadImage(store: string, digest: ImageDigest): Promise<Image> {
  const path = imagePath(store, digest);
  const size = await stat(path).then(
    (file) => file.size,
    () => undefined,
  );
  if (size === undefined) {
    const message = `image ${digest} is not in the store ${store}; build or fetch it (npm run images)`;
    throw new Unavailable("images", message);
  }
  if (size > MAX_ARCHIVE_BYTES) {
    throw mismatch(digest, `the file has ${size} bytes, over the limit of ${MAX_ARCHIVE_BYTES}`);
  }
  const archive = await readFile(path);
  await verifyArchive(digest, archive);
  return { digest, archive };
}

/** Throws `InvalidInput` unless the archive is the image that the digest names, byte for byte. */
export async function verifyArchive(digest: string, archive: Uint8Array): Promise<void> {
  const files = await filesOf(archive);
  const digits = digest.slice("sha256:".length);
  const config = files.get(`${digits}.json`);
  if (config === undefined || sha256(config) !== digits) {
    throw mismatch(digest, "it holds no configuration with that hash");
  }
  const layerHash = layerOf(digest, config);
  const layer = files.get(`${layerHash}/layer.tar`);
  if (layer === undefined || sha256(layer) !== layerHash) {
    throw mismatch(digest, "its layer is not the one that the configuration names");
  }
}

function layerOf(digest: string, config: Uint8Array): string {
  const parsed = JSON.parse(Buffer.from(config).toString()) as {
    rootfs?: { diff_ids?: readonly unknown[] };
  };
  const layers = parsed.rootfs?.diff_ids ?? [];
  const [layer] = layers;
  if (layers.length !== 1 || typeof layer !== "string" || !DIGEST.test(layer)) {
    throw mismatch(digest, "an image of ours has exactly one layer");
  }
  return layer.slice("sha256:".length);
}

async function filesOf(archive: Uint8Array): Promise<ReadonlyMap<string, Uint8Array>> {
  const reader = extract();
  const files = new Map<string, Uint8Array>();
  reader.end(archive);
  let seen = 0;
  for await (const entry of reader) {
    seen += 1;
    if (seen > ARCHIVE_ENTRIES) break;
    const chunks: Buffer[] = [];
    for await (const chunk of entry) chunks.push(chunk);
    files.set(entry.header.name, Buffer.concat(chunks));
  }
  return files;
}

function mismatch(digest: string, why: string): InvalidInput {
  return new InvalidInput(
    { code: "imageMismatch", digest },
    `the file of image ${digest} is not that image: ${why}; delete it and fetch it again`,
  );
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
