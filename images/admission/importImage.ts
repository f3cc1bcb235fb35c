import { randomUUID } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdir, open, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import type { ImageDigest, Platform } from "@delchain/runtime";
import { importedPath, layerPath, writeAtomically } from "../store/layout.ts";
import { checkRoom, saveConfig } from "../store/store.ts";
import { sha256 } from "../writer/image.ts";
import { readArchive } from "./archiveReader.ts";
import { ByteReader } from "./byteReader.ts";
import { checkConfiguration } from "./configuration.ts";
import { openFiles } from "./imageFiles.ts";
import { ImageTree } from "./imageTree.ts";
import { refuseKnownBad } from "./knownBad.ts";
import { MAX_ARCHIVE_BYTES } from "./limits.ts";
import { refuse } from "./refusal.ts";
import { unpacked } from "./unpacked.ts";
import { verifiedPieces } from "./verifiedPieces.ts";

export type ImportedImage = {
  readonly digest: ImageDigest;
  readonly platform: Platform;
  /** Of its layers, unpacked. */
  readonly bytes: number;
  readonly layers: number;
};

/**
 * Takes an image from an archive into the store: what `docker save` writes, or an OCI layout. Every byte is hashed and
 * every file is looked at as it streams, before an engine sees anything. Throws `InvalidInput` with value, limit and remedy
 * for an image that no host takes, `Unavailable` when the store is full.
 *
 * @param expected the digest that it must have.
 */
export async function importImage(
  store: string,
  path: string,
  expected?: ImageDigest,
): Promise<ImportedImage> {
  const { config, layers } = await readArchive(path);
  const digest: ImageDigest = `sha256:${sha256(config)}`;
  if (expected !== undefined && digest !== expected) {
    refuse("digest", `the archive has image ${digest}, and ${expected} was asked for`);
  }
  const { platform, layers: hashes } = checkConfiguration(config);
  if (hashes.length !== layers.length) {
    refuse(
      "layers",
      `its configuration names ${hashes.length} layers, and the archive has ${layers.length}`,
    );
  }
  const tree = new ImageTree();
  const limited = byteLimit("its layers' tars have");
  for (const [at, hash] of hashes.entries()) {
    const pieces = layers[at]?.() ?? refuse("layers", "a layer is missing");
    await takeLayer(store, hash, limited(unpacked(pieces)), tree);
  }
  tree.finish();
  await refuseKnownBad(store, digest, async () => openFiles(store, hashes, tree.nodes), hashes);
  const { bytes } = await saveConfig(store, config);
  await writeAtomically(importedPath(store, digest), []);
  return { digest, platform, bytes, layers: layers.length };
}

/** As `importImage`, from a stream: of a registry's client, or another machine. */
export async function importStream(
  store: string,
  archive: AsyncIterable<Uint8Array>,
  expected?: ImageDigest,
): Promise<ImportedImage> {
  await mkdir(store, { recursive: true });
  const path = join(store, `incoming.${randomUUID()}.new`);
  try {
    await pipeline(byteLimit("the archive has")(archive), createWriteStream(path));
    return await importImage(store, path, expected);
  } finally {
    await rm(path, { force: true });
  }
}

/** Passes pieces on as long as all that went through have no more than `MAX_ARCHIVE_BYTES`. */
function byteLimit(
  what: string,
): (pieces: AsyncIterable<Uint8Array>) => AsyncGenerator<Uint8Array> {
  let bytes = 0;
  return async function* (pieces) {
    for await (const piece of pieces) {
      bytes += piece.length;
      if (bytes > MAX_ARCHIVE_BYTES) {
        refuse(
          "bytes",
          `${what} more than ${MAX_ARCHIVE_BYTES} bytes; leave files out of the image`,
        );
      }
      yield piece;
    }
  };
}

/** Checks a layer while it is written beside its place; it gets there when all of it is as it should be. */
async function takeLayer(
  store: string,
  hash: string,
  pieces: AsyncIterable<Uint8Array>,
  tree: ImageTree,
): Promise<void> {
  const path = layerPath(store, hash);
  const temporary = `${path}.${randomUUID()}.new`;
  await mkdir(dirname(path), { recursive: true });
  const file = await open(temporary, "w");
  try {
    const written = (async function* () {
      for await (const piece of verifiedPieces(pieces, hash)) {
        await file.appendFile(piece);
        yield piece;
      }
    })();
    await tree.addLayer(new ByteReader(written));
    await file.sync();
    // What is written counts already.
    await checkRoom(store, 0);
    await rename(temporary, path);
  } finally {
    await file.close();
    await rm(temporary, { force: true });
  }
}
