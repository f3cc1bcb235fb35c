import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type ImageDigest, InvalidInput } from "@delchain/runtime";
import { readIndex } from "../imageIndex.ts";
import {
  configPath,
  digestOf,
  digitsOf,
  fileBytes,
  importedPath,
  isLeftover,
  isOld,
  LAYERS,
  layerPath,
  takeAway,
} from "./layout.ts";
import { holderName, livingRoots } from "./roots.ts";
import { layersOf, storedDigests } from "./store.ts";

/** What was built or started in this time is never swept: whoever did it may not have said yet that it is needed. */
export const RECENT_MS: number = 60 * 60_000;
/** For who asks for it: long enough to write a configuration after its layers. */
export const HASTY_MS: number = 60_000;

/** Who needs an image that somebody brought: only they can tell, by `rm`. */
const IMPORTED = "imported";

export type Swept = {
  readonly images: readonly ImageDigest[];
  /** Of layers. */
  readonly bytes: number;
};

/** Takes images of ours from an engine unless a container uses them; returns those that it has no more. */
export type RemoveFromEngine = (digests: readonly ImageDigest[]) => Promise<readonly ImageDigest[]>;

export type SweepOptions = {
  readonly recentMs?: number;
  /** Takes what was imported too, unless a project, a chain or a process needs it. */
  readonly withImported?: boolean;
  readonly removeFromEngine?: RemoveFromEngine;
};

/**
 * Deletes what nothing names: images that no project, chain, process or `npm run images` needs and nobody imported,
 * layers of no image, and what crashes left. Any number of processes may sweep and build at once: what is deleted is
 * first renamed, looked at again, and put back when somebody has touched it meanwhile. Throws only for a disk that
 * fails.
 */
export async function sweepImages(
  store: string,
  { recentMs = RECENT_MS, withImported = false, removeFromEngine }: SweepOptions = {},
): Promise<Swept> {
  const needed = await neededImages(store);
  const images: ImageDigest[] = [];
  for (const digest of await storedDigests(store)) {
    const holders = (needed.get(digest) ?? []).filter((who) => !withImported || who !== IMPORTED);
    if (holders.length === 0 && (await release(store, digest, recentMs))) images.push(digest);
  }
  const bytes = await sweepLayers(store, recentMs);
  await sweepLeftovers(store, recentMs);
  await sweepEngine(store, removeFromEngine);
  return { images, bytes };
}

/**
 * Deletes one image, and the layers that no other one has. Throws `InvalidInput` that says who needs it, unless `isForced`.
 */
export async function removeImage(
  store: string,
  digest: ImageDigest,
  isForced: boolean,
  removeFromEngine?: RemoveFromEngine,
): Promise<Swept> {
  const needed = (await neededImages(store)).get(digest) ?? [];
  const holders = needed.filter((who) => who !== IMPORTED);
  if (holders.length > 0 && !isForced) {
    throw new InvalidInput(
      { code: "imageInUse", digest, holders },
      `image ${digest} is needed by ${holders.join(", ")}; remove it all the same with --force`,
    );
  }
  await rm(importedPath(store, digest), { force: true });
  const isGone = await release(store, digest, 0);
  const bytes = await sweepLayers(store, HASTY_MS);
  await sweepEngine(store, removeFromEngine);
  return { images: isGone ? [digest] : [], bytes };
}

/** Who needs an image, by its digest. */
export async function neededImages(
  store: string,
): Promise<ReadonlyMap<ImageDigest, readonly string[]>> {
  const needed = new Map<ImageDigest, string[]>();
  const add = (digest: ImageDigest, who: string): void => {
    needed.set(digest, [...(needed.get(digest) ?? []), who]);
  };
  for (const { name, digest } of Object.values(await readIndex(store))) {
    add(digest, `npm run images (${name})`);
  }
  for (const digits of await readdir(join(store, "imported")).catch(() => [])) {
    if (/^[0-9a-f]{64}$/.test(digits)) add(digestOf(digits), IMPORTED);
  }
  for (const { holder, images } of await livingRoots(store)) {
    for (const { name, digest } of images) {
      add(digest, name === "" ? holderName(holder) : `${holderName(holder)} (${name})`);
    }
  }
  return needed;
}

/** Images that the store had and an engine may still have. */
function gonePath(store: string, digest: string): string {
  return join(store, "gone", `${digitsOf(digest)}.json`);
}

/** Puts an image's configuration where engines are cleaned by. */
async function release(store: string, digest: ImageDigest, recentMs: number): Promise<boolean> {
  const to = gonePath(store, digest);
  await mkdir(dirname(to), { recursive: true });
  return takeAway(configPath(store, digest), recentMs, to);
}

async function sweepLayers(store: string, recentMs: number): Promise<number> {
  const used = await usedLayers(store);
  let bytes = 0;
  for (const name of await readdir(join(store, LAYERS)).catch(() => [])) {
    const hash = /^([0-9a-f]{64})\.tar$/.exec(name)?.[1];
    if (hash === undefined || used.has(hash)) continue;
    const path = layerPath(store, hash);
    const size = (await fileBytes(path)) ?? 0;
    if (await takeAway(path, recentMs)) bytes += size;
  }
  return bytes;
}

async function usedLayers(store: string): Promise<ReadonlySet<string>> {
  const used = new Set<string>();
  for (const digest of await storedDigests(store)) {
    const config = await readFile(configPath(store, digest)).catch(() => undefined);
    if (config === undefined) continue;
    for (const hash of safeLayers(digest, config)) used.add(hash);
  }
  return used;
}

/** A damaged configuration uses no layers. */
function safeLayers(digest: string, config: Uint8Array): readonly string[] {
  try {
    return layersOf(digest, config);
  } catch {
    return [];
  }
}

/** What crashes left half written or half deleted, names of bases that are gone, signatures of nothing. */
async function sweepLeftovers(store: string, recentMs: number): Promise<void> {
  for (const folder of ["", "bases", "configs", "imported", LAYERS, "roots", "signatures"]) {
    for (const name of await readdir(join(store, folder)).catch(() => [])) {
      const path = join(store, folder, name);
      const isDead = (await isOrphan(store, folder, name)) && (await isOld(path, recentMs));
      if (isDead || (await isLeftover(path, recentMs))) await rm(path, { force: true });
    }
  }
}

/** Where versions before layers kept an image whole. */
const WHOLE_IMAGE = /^[0-9a-f]{64}\.tar$/;

async function isOrphan(store: string, folder: string, name: string): Promise<boolean> {
  if (folder === "") return WHOLE_IMAGE.test(name);
  if (folder === "bases") {
    const hash = await readFile(join(store, folder, name), "utf8").catch(() => "");
    return (await fileBytes(layerPath(store, hash.trim()))) === undefined;
  }
  if (folder !== "signatures" && folder !== "imported") return false;
  const digits = /^([0-9a-f]{64})(?:\.jsonl)?$/.exec(name)?.[1];
  if (digits === undefined) return false;
  return (await fileBytes(configPath(store, digestOf(digits)))) === undefined;
}

/** Engines may be away, or run a container of an image that is gone: then its name waits for the next sweep. */
async function sweepEngine(
  store: string,
  removeFromEngine: RemoveFromEngine = async () => [],
): Promise<void> {
  const names = await readdir(join(store, "gone")).catch(() => []);
  const gone: ImageDigest[] = [];
  for (const name of names) {
    const digits = /^([0-9a-f]{64})\.json$/.exec(name)?.[1];
    if (digits === undefined) continue;
    const digest = digestOf(digits);
    // Built again since.
    if (await fileBytes(configPath(store, digest)))
      await rm(gonePath(store, digest), { force: true });
    else gone.push(digest);
  }
  if (gone.length === 0) return;
  for (const digest of await removeFromEngine(gone)) {
    await rm(gonePath(store, digest), { force: true });
  }
}
