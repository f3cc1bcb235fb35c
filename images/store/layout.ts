import { randomUUID } from "node:crypto";
import { mkdir, open, rename, rm, stat, utimes } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type ImageDigest, InvalidInput } from "@delchain/runtime";

// Which file of a store is what: README.md, "The store".

const DIGEST = /^sha256:([0-9a-f]{64})$/;
export const CONFIGS = "configs";
export const LAYERS = "layers";

/** An image's configuration. Throws `InvalidInput` for no digest. */
export function configPath(store: string, digest: string): string {
  return join(store, CONFIGS, `${digitsOf(digest)}.json`);
}

/** A layer, unpacked, by the 64 hex digits of its SHA-256. */
export function layerPath(store: string, hash: string): string {
  return join(store, LAYERS, `${hash}.tar`);
}

/** The hash of the layer that a base was encoded to, by the base's key. */
export function basePath(store: string, key: string): string {
  return join(store, "bases", key);
}

/** Signatures of an image, one a line. */
export function signaturesPath(store: string, digest: string): string {
  return join(store, "signatures", `${digitsOf(digest)}.jsonl`);
}

/** Says that somebody brought an image, and wants it until they say otherwise. */
export function importedPath(store: string, digest: string): string {
  return join(store, "imported", digitsOf(digest));
}

/** Throws `InvalidInput` for what is no digest. */
export function digitsOf(digest: string): string {
  const digits = DIGEST.exec(digest)?.[1];
  if (digits !== undefined) return digits;
  const message = `"${digest.slice(0, 80)}" is no image digest: write sha256: and 64 lower-case hex digits`;
  throw new InvalidInput({ code: "imageDigest", digest }, message);
}

export function digestOf(digits: string): ImageDigest {
  return `sha256:${digits}`;
}

/** Throws `InvalidInput` for what is no digest. */
export function toDigest(text: string): ImageDigest {
  return digestOf(digitsOf(text));
}

/** Says that a file is in use, so that no sweep takes it soon. `false` when it is not there. */
export async function touch(path: string): Promise<boolean> {
  const now = new Date();
  return utimes(path, now, now).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return false;
      throw error;
    },
  );
}

/**
 * Deletes a file that nobody has touched for so long, or moves it to `to`. Somebody may touch or write it at the same time:
 * it is renamed, looked at again, and put back. `false` when it stays, or is not there.
 */
export async function takeAway(from: string, recentMs: number, to?: string): Promise<boolean> {
  if (!(await isOld(from, recentMs))) return false;
  // Its own date is old: when it was hidden is in the name, so that another sweep leaves it alone.
  const hidden = `${from}.${Date.now()}.${randomUUID()}.gone`;
  try {
    await rename(from, hidden);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw error;
  }
  const isTaken = await isOld(hidden, recentMs);
  if (!isTaken) await rename(hidden, from);
  else if (to === undefined) await rm(hidden, { force: true });
  else await rename(hidden, to);
  return isTaken;
}

/** Whether a crash has left a file that was being deleted, or written, so long ago. */
export async function isLeftover(path: string, recentMs: number): Promise<boolean> {
  const hiddenAt = /\.(\d+)\.[^.]+\.gone$/.exec(path)?.[1];
  if (hiddenAt !== undefined) return Date.now() - Number(hiddenAt) >= recentMs;
  return path.endsWith(".new") && (await isOld(path, recentMs));
}

export async function isOld(path: string, recentMs: number): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found !== undefined && Date.now() - found.mtimeMs >= recentMs;
}

export async function fileBytes(path: string): Promise<number | undefined> {
  return stat(path).then(
    (file) => file.size,
    () => undefined,
  );
}

/** Writes beside the file and renames, so that nobody reads half of it, also after a crash. */
export async function writeAtomically(
  path: string,
  pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): Promise<void> {
  const temporary = `${path}.${randomUUID()}.new`;
  await mkdir(dirname(path), { recursive: true });
  try {
    const file = await open(temporary, "w");
    try {
      await file.writeFile(pieces);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } finally {
    await rm(temporary, { force: true });
  }
}
