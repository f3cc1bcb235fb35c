import { createReadStream } from "node:fs";
import { posix } from "node:path";
import { Readable } from "node:stream";
import { CONFIG_BYTES_MAX } from "../store/store.ts";
import { sha256 } from "../writer/image.ts";
import { ByteReader } from "./byteReader.ts";
import { layerHash } from "./configuration.ts";
import { MAX_ARCHIVE_FILES, MAX_MANIFEST_BYTES, MAX_MANIFESTS } from "./limits.ts";
import { layerEntryPath } from "./paths.ts";
import { refuse, shown } from "./refusal.ts";
import { field, strictJson } from "./strictJson.ts";
import { readTar } from "./tarReader.ts";
import { verifiedPieces } from "./verifiedPieces.ts";

/** An image in an archive: its configuration, and its layers as they lie there, packed or not, lowest first. */
export type ArchivedImage = {
  readonly config: Uint8Array;
  readonly layers: readonly (() => AsyncIterable<Uint8Array>)[];
};

type Place = { readonly offset: number; readonly size: number };
type Archive = { readonly path: string; readonly files: ReadonlyMap<string, Place> };

/**
 * Reads an archive of one image: what `docker save` writes, or an OCI layout in a tar. Names and tags in it count for
 * nothing. Throws `InvalidInput` for one that is no such archive, has several images, or parts with other hashes.
 */
export async function readArchive(path: string): Promise<ArchivedImage> {
  const archive = { path, files: await filesOf(path) };
  if (archive.files.has("manifest.json")) return dockerImage(archive);
  if (archive.files.has("index.json")) return ociImage(archive);
  return refuse(
    "archive",
    "the file has neither manifest.json nor index.json; write one with docker save IMAGE, or as an OCI layout",
  );
}

async function filesOf(path: string): Promise<ReadonlyMap<string, Place>> {
  const files = new Map<string, Place>();
  const links = new Map<string, string>();
  let count = 0;
  for await (const { path: name, kind, offset, size, target } of readTar(
    new ByteReader(createReadStream(path)),
  )) {
    count++;
    if (count > MAX_ARCHIVE_FILES) {
      refuse(
        "entries",
        `the archive has more than ${MAX_ARCHIVE_FILES} files around its layers; save one image alone`,
      );
    }
    const at = layerEntryPath(name);
    if (files.has(at) || links.has(at)) refuse("duplicate", `the archive has ${shown(at)} twice`);
    if (kind === "file") files.set(at, { offset, size });
    // Docker before 25 writes a layer that an image has twice as a link to the first.
    else if (kind === "symlink") links.set(at, posix.join(posix.dirname(at), target));
    else if (kind === "hardLink") refuse("hardLink", `the archive has the hard link ${shown(at)}`);
  }
  for (const [at, target] of links) {
    const place = files.get(target);
    if (place !== undefined) files.set(at, place);
  }
  return files;
}

/** docker-archive: a list of images in manifest.json, each with the paths of its parts. */
async function dockerImage(archive: Archive): Promise<ArchivedImage> {
  const list = strictJson(
    "manifest.json",
    await bytesAt(archive, "manifest.json", MAX_MANIFEST_BYTES),
  );
  if (!Array.isArray(list) || list.length !== 1) {
    const count = Array.isArray(list) ? list.length : "no";
    refuse("archive", `the archive has ${count} images; save one alone: docker save IMAGE`);
  }
  const [image] = list;
  const [configPath, layers] = [field(image, "Config"), field(image, "Layers")];
  if (typeof configPath !== "string" || !Array.isArray(layers)) {
    refuse("archive", "manifest.json names no configuration or no layers");
  }
  const config = await bytesAt(archive, configPath, CONFIG_BYTES_MAX);
  const named = /([0-9a-f]{64})(?:\.json)?$/.exec(configPath)?.[1];
  if (named !== undefined && named !== sha256(config)) {
    refuse(
      "digest",
      `manifest.json calls the configuration ${named}, and its SHA-256 is ${sha256(config)}`,
    );
  }
  return { config, layers: layers.map((layer) => partAt(archive, String(layer))) };
}

/** OCI image layout: index.json names manifests, those name configuration and layers, all by hash. */
async function ociImage(archive: Archive): Promise<ArchivedImage> {
  const index = strictJson("index.json", await bytesAt(archive, "index.json", MAX_MANIFEST_BYTES));
  const manifests = await manifestsOf(archive, descriptorsOf(index), 2);
  if (manifests.length !== 1) {
    refuse(
      "archive",
      `the archive has ${manifests.length} images for linux/amd64 or wasi/wasm; hosts take an archive of one`,
    );
  }
  const [manifest] = manifests;
  const layers = field(manifest, "layers");
  if (!Array.isArray(layers)) refuse("archive", "the image's manifest names no layers");
  return {
    config: await blob(archive, field(manifest, "config"), CONFIG_BYTES_MAX),
    layers: layers.map((layer) => {
      const hash = layerHash(field(layer, "digest"));
      const pieces = partAt(archive, `blobs/sha256/${hash}`);
      return () => verifiedPieces(pieces(), hash);
    }),
  };
}

/** Manifests that a host could run; an index may hold another one, one level down. */
async function manifestsOf(
  archive: Archive,
  descriptors: readonly unknown[],
  depth: number,
): Promise<readonly unknown[]> {
  // Each of them is read, and may be one blob that says as many again.
  if (descriptors.length > MAX_MANIFESTS) {
    refuse(
      "archive",
      `an index names ${descriptors.length} images for linux/amd64 or wasi/wasm; the limit is ${MAX_MANIFESTS}: save one alone`,
    );
  }
  const found: unknown[] = [];
  for (const descriptor of descriptors) {
    const value = strictJson("a manifest", await blob(archive, descriptor, MAX_MANIFEST_BYTES));
    if (field(value, "manifests") === undefined) found.push(value);
    else if (depth > 1) {
      found.push(...(await manifestsOf(archive, descriptorsOf(value), depth - 1)));
    }
  }
  return found;
}

function descriptorsOf(index: unknown): readonly unknown[] {
  const listed = field(index, "manifests");
  return Array.isArray(listed) ? listed.filter(isRunnable) : [];
}

/** What builders attest of an image has the platform unknown/unknown. */
function isRunnable(descriptor: unknown): boolean {
  const platform = field(descriptor, "platform");
  if (platform === undefined) return true;
  return ["linux/amd64", "wasi/wasm"].includes(
    `${field(platform, "os")}/${field(platform, "architecture")}`,
  );
}

async function blob(archive: Archive, descriptor: unknown, limit: number): Promise<Uint8Array> {
  const hash = layerHash(field(descriptor, "digest"));
  const bytes = await bytesAt(archive, `blobs/sha256/${hash}`, limit);
  if (sha256(bytes) === hash) return bytes;
  return refuse(
    "digest",
    `the blob ${hash} has the SHA-256 ${sha256(bytes)}; the archive is damaged`,
  );
}

async function bytesAt(archive: Archive, name: string, limit: number): Promise<Uint8Array> {
  const { size } = placeOf(archive, name);
  if (size > limit) refuse("archive", `${shown(name)} has ${size} bytes; the limit is ${limit}`);
  return Buffer.concat(await Array.fromAsync(partAt(archive, name)()));
}

function partAt(archive: Archive, name: string): () => AsyncIterable<Uint8Array> {
  const { offset, size } = placeOf(archive, name);
  if (size === 0) return () => Readable.from([]);
  return () => createReadStream(archive.path, { start: offset, end: offset + size - 1 });
}

function placeOf({ files }: Archive, name: string): Place {
  return (
    files.get(posix.normalize(name)) ??
    refuse("archive", `the archive has no ${shown(name)}; it is cut, or was written by hand`)
  );
}
