import { Unavailable } from "../types/errors.ts";
import type { ContainerSpec } from "./driver.ts";
import type { ImageArchives } from "./images.ts";

/** A regular file or a directory of an image's layer. */
export type LayerEntry = {
  readonly path: string;
  readonly kind: "file" | "directory";
  readonly mode: number;
  readonly data: Uint8Array;
};

/** Headers read from one archive or layer; an image has far fewer entries, and each is 512 bytes at least. */
const ENTRIES_MAX = 32_768;
const BLOCK = 512;
const LAYER_NAME = /^[0-9a-f]{64}\/layer\.tar$/;

/** The files and directories of the image that a container is started from. Throws `Unavailable` for one not admitted. */
export async function imageEntries(
  images: ImageArchives,
  { image, signers = [] }: Pick<ContainerSpec, "image" | "signers">,
): Promise<readonly LayerEntry[]> {
  await images.admit(image, signers);
  const pieces: Uint8Array[] = [];
  for await (const piece of await images.archive(image)) pieces.push(piece);
  return layerEntries(Buffer.concat(pieces));
}

/**
 * The files and directories of a docker-archive's layers, in order; links are left out. For drivers without an
 * engine; the archive has been verified against its digest before (`ImageArchives`).
 */
export function layerEntries(archive: Uint8Array): readonly LayerEntry[] {
  return readTar(archive)
    .filter(({ path }) => LAYER_NAME.test(path))
    .flatMap(({ data }) => readTar(data));
}

/** POSIX ustar: name, mode, size, type and prefix; everything else is for file systems that we do not have. */
function readTar(bytes: Uint8Array): readonly LayerEntry[] {
  const entries: LayerEntry[] = [];
  for (let at = 0; at + BLOCK <= bytes.length && bytes[at] !== 0; ) {
    const header = bytes.subarray(at, at + BLOCK);
    const size = octal(header, 124, 12);
    const end = at + BLOCK + size;
    if (!(end <= bytes.length) || entries.length >= ENTRIES_MAX) throw unreadable(at);
    const prefix = text(header, 345, 155);
    const name = text(header, 0, 100);
    const kind = entryKind(header[156] as number);
    const path = (prefix === "" ? name : `${prefix}/${name}`).replace(/\/$/, "");
    const data = bytes.subarray(at + BLOCK, end);
    if (kind) entries.push({ path, kind, mode: octal(header, 100, 8), data });
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
  }
  return entries;
}

function entryKind(flag: number): LayerEntry["kind"] | undefined {
  const type = String.fromCharCode(flag);
  if (type === "0" || type === "\0") return "file";
  return type === "5" ? "directory" : undefined;
}

function text(header: Uint8Array, at: number, size: number): string {
  const field = header.subarray(at, at + size);
  const end = field.indexOf(0);
  return Buffer.from(end < 0 ? field : field.subarray(0, end)).toString("latin1");
}

function octal(header: Uint8Array, at: number, size: number): number {
  return Number.parseInt(text(header, at, size).trim() || "0", 8);
}

function unreadable(at: number): Unavailable {
  return new Unavailable("container", `the image archive is not readable at byte ${at}`);
}
