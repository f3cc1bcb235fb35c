import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { type Pack, pack } from "tar-stream";
import { canonicalBytes } from "../writer/image.ts";
import { EPOCH } from "../writer/tar.ts";
import { digitsOf, layerPath } from "./layout.ts";
import { layersOf, mismatch } from "./store.ts";

/** The repository that every image is tagged under, the digest's digits being the tag. */
export const IMAGE_REPOSITORY = "delchain.local/image";

/** A layer's bytes, and how many. */
type LayerSource = (hash: string) => Promise<{ bytes: number; pieces: AsyncIterable<Uint8Array> }>;

/**
 * An image as a docker-archive (`docker load` takes it), piece by piece: ustar, owner 0, dates 1970. Without the layers
 * named, by `sha256:…`: an engine reads none that it has already. The stream breaks at a layer with another hash.
 */
export function archiveOf(
  digest: string,
  config: Uint8Array,
  layer: LayerSource,
  without: ReadonlySet<string> = new Set(),
): AsyncIterable<Uint8Array> {
  const archive = pack();
  writeArchive(archive, digest, config, layer, without).then(
    () => archive.finalize(),
    (error: Error) => archive.destroy(error),
  );
  return archive;
}

/** Layers as files of a store. */
export function storedLayers(store: string): LayerSource {
  return async (hash) => {
    const path = layerPath(store, hash);
    return { bytes: (await stat(path)).size, pieces: createReadStream(path) };
  };
}

async function writeArchive(
  archive: Pack,
  digest: string,
  config: Uint8Array,
  layer: LayerSource,
  without: ReadonlySet<string>,
): Promise<void> {
  const name = digitsOf(digest);
  const hashes = layersOf(digest, config);
  await addFile(archive, `${name}.json`, config);
  // An image may have one layer twice; the archive has it once.
  for (const hash of new Set(hashes)) {
    if (without.has(`sha256:${hash}`)) continue;
    await addFolder(archive, hash);
    await addLayer(archive, digest, hash, await layer(hash));
  }
  const manifest = canonicalBytes([
    {
      Config: `${name}.json`,
      Layers: hashes.map((hash) => `${hash}/layer.tar`),
      RepoTags: [`${IMAGE_REPOSITORY}:${name}`],
    },
  ]);
  await addFile(archive, "manifest.json", manifest);
}

async function addLayer(
  archive: Pack,
  digest: string,
  hash: string,
  { bytes, pieces }: Awaited<ReturnType<LayerSource>>,
): Promise<void> {
  const header = { ...HEADER, name: `${hash}/layer.tar`, size: bytes, mode: 0o644 };
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const entry = archive.entry(header, (error) => (error ? reject(error) : resolve()));
  const sum = createHash("sha256");
  for await (const piece of pieces) {
    sum.update(piece);
    if (!entry.write(piece)) await Promise.race([drained(entry), promise]);
  }
  if (sum.digest("hex") !== hash) throw mismatch(digest, `its layer ${hash} has another hash`);
  entry.end();
  await promise;
}

const HEADER = { uid: 0, gid: 0, mtime: EPOCH } as const;

function drained(entry: NodeJS.WritableStream): Promise<void> {
  return new Promise((resolve) => void entry.once("drain", resolve));
}

function addFile(archive: Pack, name: string, data: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    archive.entry({ ...HEADER, name, mode: 0o644 }, Buffer.from(data), (error) =>
      error ? reject(error) : resolve(),
    );
  });
}

function addFolder(archive: Pack, name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    archive.entry({ ...HEADER, name, mode: 0o755, type: "directory" }, (error) =>
      error ? reject(error) : resolve(),
    );
  });
}
