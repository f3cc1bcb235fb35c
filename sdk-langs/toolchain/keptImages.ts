import { join } from "node:path";
import { DEFAULT_STORE, saveRoot, sweepImages } from "@delchain/images";
import { removeEngineImages, Unavailable } from "@delchain/runtime";
import type { UnitRecord } from "./buildCache.ts";
import { OUT } from "./buildOutput.ts";

let swept: Promise<void> | undefined;

/**
 * Deletes images that nothing needs, of earlier builds say; once a process, since a watcher builds after every save.
 */
export function sweepOnce(): Promise<void> {
  swept ??= sweepImages(DEFAULT_STORE, { removeFromEngine }).then(() => undefined);
  return swept;
}

/** Says which images a project's outputs run in: as long as its outputs lie there, no sweep takes them. */
export async function keepImages(
  root: string,
  units: ReadonlyMap<string, UnitRecord>,
): Promise<void> {
  const images = [...units.values()].flatMap(({ images: digests, outputs }) => {
    const name = Object.keys(outputs).join(", ");
    return digests.map((digest) => ({ name, digest }));
  });
  await saveRoot(DEFAULT_STORE, { folder: join(root, OUT) }, images);
}

/** A build needs no engine: copies in one that is away are removed another time. */
const removeFromEngine: typeof removeEngineImages = async (digests) => {
  try {
    return await removeEngineImages(digests);
  } catch (error) {
    if (error instanceof Unavailable) return [];
    throw error;
  }
};
