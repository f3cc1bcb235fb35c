import { type ImageArchives, type ImageDigest, InvalidInput, Unavailable } from "@delchain/runtime";
import { checkConfiguration } from "../admission/configuration.ts";
import { checkLayers } from "../admission/imageFiles.ts";
import { loadKnownBad, refuseKnownBad } from "../admission/knownBad.ts";
import { checkSignatures, loadSignatures } from "../admission/signatures.ts";
import { archiveOf, storedLayers } from "./archive.ts";
import { configPath, touch } from "./layout.ts";
import { type Holder, loadRoot, saveRoot } from "./roots.ts";
import { hasImage, layersOf, loadConfig } from "./store.ts";

/**
 * A store as drivers ask it.
 *
 * @param holder who starts containers: as long as it exists, no sweep takes what it has started.
 */
export function openImageStore(
  store: string,
  holder: Holder = { process: process.pid },
): ImageArchives {
  const hold = holdImages(store, holder);
  const check = knownBadCheck(store);
  return {
    has: (digest) => hasImage(store, digest),
    layers: (digest) =>
      hostTrouble(async () => {
        const config = await loadConfig(store, digest);
        return layersOf(digest, config).map((hash) => `sha256:${hash}`);
      }),
    archive: (digest, without) =>
      hostTrouble(async () => {
        const config = await checkStored(store, digest, without);
        return archiveOf(digest, config, storedLayers(store), without);
      }),
    admit: (digest, signers) =>
      hostTrouble(async () => {
        if (signers.length > 0) {
          checkSignatures(digest, await loadSignatures(store, digest), signers);
        }
        await check(digest);
        // An engine may have an image that the store never had.
        if (await touch(configPath(store, digest))) await hold(digest);
      }),
  };
}

/** Looks an image up in the operator's list; what is in it is read once for each list. */
function knownBadCheck(store: string): (digest: ImageDigest) => Promise<void> {
  const passed = new Map<ImageDigest, string>();
  return async (digest) => {
    const list = await loadKnownBad(store);
    if (list.size === 0) return;
    const key = [...list.keys()].join(" ");
    if (passed.get(digest) === key) return;
    const config = (await hasImage(store, digest)) ? await loadConfig(store, digest) : undefined;
    const hashes = config ? layersOf(digest, config) : [];
    await refuseKnownBad(store, digest, () => checkLayers(store, hashes), hashes, list);
    passed.set(digest, key);
  };
}

/** Adds to what a holder needs, one image after the other. */
function holdImages(store: string, holder: Holder): (digest: ImageDigest) => Promise<void> {
  let held: Promise<ReadonlySet<ImageDigest>> | undefined;
  return async (digest) => {
    held ??= loadRoot(store, holder).then((images) => new Set(images.map((one) => one.digest)));
    const last = held;
    held = last.then(async (before) => {
      if (before.has(digest)) return before;
      const all = new Set([...before, digest]);
      await saveRoot(
        store,
        holder,
        [...all].map((one) => ({ name: "", digest: one })),
      );
      return all;
    });
    // One that failed is no reason for the next one to.
    await held.catch((error: unknown) => {
      held = last;
      throw error;
    });
  };
}

/** Checks an image of the store as one that comes from outside, less what is not sent; returns its configuration. */
async function checkStored(
  store: string,
  digest: ImageDigest,
  without: ReadonlySet<string> = new Set(),
): Promise<Uint8Array> {
  const config = await loadConfig(store, digest);
  const sent = layersOf(digest, config).filter((hash) => !without.has(`sha256:${hash}`));
  checkConfiguration(config);
  await checkLayers(store, sent);
  return config;
}

/** A host that has no such image, or none that it takes, cannot run it: its own trouble, no result of a contract. */
async function hostTrouble<Answer>(run: () => Promise<Answer>): Promise<Answer> {
  try {
    return await run();
  } catch (error) {
    const { message, syscall } = error as NodeJS.ErrnoException;
    if (!(error instanceof InvalidInput) && syscall === undefined) throw error;
    throw new Unavailable("images", message, { cause: error });
  }
}
