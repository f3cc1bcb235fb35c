import { stat } from "node:fs/promises";
import { type ImageDigest, InvalidInput } from "@delchain/runtime";
import { readIndex } from "../imageIndex.ts";
import { configPath, fileBytes, layerPath } from "./layout.ts";
import { layersOf, loadConfig, storedDigests } from "./store.ts";
import { neededImages } from "./sweep.ts";

export type ListedImage = {
  readonly digest: ImageDigest;
  /** Who needs it; empty for one that the next sweep may take. */
  readonly holders: readonly string[];
  /** Of all its layers. */
  readonly bytes: number;
  /** Of layers that other images have too. */
  readonly sharedBytes: number;
  readonly layers: number;
  /** When it was last built or started. */
  readonly lastUsed: Date;
};

/** Fewer hex digits of a digest name too many images. */
const DIGITS_MIN = 6;

/** What a store has, last used first. */
export async function listImages(store: string): Promise<readonly ListedImage[]> {
  const layers = new Map<ImageDigest, readonly string[]>();
  for (const digest of await storedDigests(store)) {
    // One that cannot be read has been deleted meanwhile, or is to be: `rm` takes it.
    const config = await loadConfig(store, digest).catch(() => undefined);
    layers.set(digest, config === undefined ? [] : layersOf(digest, config));
  }
  const users = new Map<string, number>();
  for (const hash of [...layers.values()].flatMap((hashes) => [...new Set(hashes)])) {
    users.set(hash, (users.get(hash) ?? 0) + 1);
  }
  const needed = await neededImages(store);
  const listed = await Promise.all(
    [...layers].map(async ([digest, hashes]): Promise<ListedImage> => {
      const sizes = await Promise.all(hashes.map((hash) => fileBytes(layerPath(store, hash))));
      const sum = (isCounted: (hash: string) => boolean): number =>
        hashes.reduce((total, hash, at) => total + (isCounted(hash) ? (sizes[at] ?? 0) : 0), 0);
      const found = await stat(configPath(store, digest)).catch(() => undefined);
      return {
        digest,
        holders: needed.get(digest) ?? [],
        bytes: sum(() => true),
        sharedBytes: sum((hash) => (users.get(hash) ?? 0) > 1),
        layers: hashes.length,
        lastUsed: found?.mtime ?? new Date(0),
      };
    }),
  );
  return listed.sort((a, b) => b.lastUsed.getTime() - a.lastUsed.getTime());
}

/**
 * The digest that somebody means: a whole one, the first digits of one that the store has, or a name of `npm run images`.
 * Throws `InvalidInput` that says how to find it.
 */
export async function findDigest(store: string, meant: string): Promise<ImageDigest> {
  const named = (await readIndex(store))[meant]?.digest;
  if (named !== undefined) return named;
  const digits = meant.replace(/^sha256:/, "");
  if (/^[0-9a-f]+$/.test(digits) && digits.length >= DIGITS_MIN) {
    const found = (await storedDigests(store)).filter((digest) =>
      digest.startsWith(`sha256:${digits}`),
    );
    if (found.length === 1) return found[0] as ImageDigest;
    if (found.length === 0 && digits.length === 64) return `sha256:${digits}`;
    if (found.length > 1) {
      const message = `"${meant.slice(0, 80)}" begins the digests of ${found.length} images; write more of its digits`;
      throw new InvalidInput({ code: "imageAmbiguous", meant }, message);
    }
  }
  const message = `there is no image "${meant.slice(0, 80)}"; delchain images lists what there is, by digest (${DIGITS_MIN} digits are enough)`;
  throw new InvalidInput({ code: "imageUnknown", meant }, message);
}
