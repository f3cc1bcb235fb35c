import { Readable } from "node:stream";
import type Docker from "dockerode";
import type { ImageDigest } from "../driver.ts";
import type { ImageArchives } from "../images.ts";
import { ask, CONFLICT, find, NOT_FOUND, openEngine, statusOf, unavailable } from "./engine.ts";

/** What all our images are tagged under in an engine. */
const OURS = "delchain.local/image";
/** Characters that are kept of what an engine says while it loads. */
const SAID_MAX = 16_384;

/**
 * Gives an engine an image without the layers that it has of other images of ours: an engine looks a layer up by what
 * it and those below it hash to, and reads the archive's only when it finds none (moby, tarexport/load.go,
 * 20.10 to 29). Throws `Unavailable`.
 */
export async function loadImage(
  docker: Docker,
  digest: ImageDigest,
  images: ImageArchives,
): Promise<void> {
  const known = await knownLayers(docker, await images.layers(digest));
  if (known.size > 0) {
    // Another process may have removed what was found, and engines to come may want every layer.
    await send(docker, await images.archive(digest, known)).catch(() => undefined);
    if (await find(`looking for image ${digest}`, docker.getImage(digest).inspect())) return;
  }
  const archive = await images.archive(digest);
  try {
    await send(docker, archive);
  } catch (error) {
    throw unavailable(`loading image ${digest}`, error);
  }
}

/** The lowest layers that an image shares with another one that the engine has. */
async function knownLayers(
  docker: Docker,
  wanted: readonly string[],
): Promise<ReadonlySet<string>> {
  // One layer is the whole of an image: what is shared is the image itself.
  if (wanted.length < 2) return new Set();
  const filters = { reference: [OURS] };
  const listed = await ask("listing images", docker.listImages({ filters }));
  let shared = 0;
  for (const { Id } of listed) {
    const image = await find(`looking at image ${Id}`, docker.getImage(Id).inspect());
    const layers: readonly string[] = image?.RootFS?.Layers ?? [];
    let same = 0;
    while (same < wanted.length && layers[same] === wanted[same]) same++;
    shared = Math.max(shared, same);
  }
  return new Set(wanted.slice(0, shared));
}

/** The engine answers with a line of JSON for each step; one that failed has an `error`. */
async function send(docker: Docker, archive: AsyncIterable<Uint8Array>): Promise<void> {
  const answer = await docker.loadImage(Readable.from(archive));
  let said = "";
  for await (const piece of answer) said = `${said}${piece}`.slice(-SAID_MAX);
  const error = /"error":("(?:[^"\\]|\\.)*")/.exec(said)?.[1];
  if (error !== undefined) throw new Error(JSON.parse(error) as string);
}

/**
 * Takes images of ours from this machine's engine, unless a container is made of them. Returns those that it has no more.
 * Throws `Unavailable` when no engine answers.
 */
export async function removeEngineImages(
  digests: readonly ImageDigest[],
  socketPath?: string,
): Promise<readonly ImageDigest[]> {
  const docker = await openEngine(socketPath);
  const gone: ImageDigest[] = [];
  for (const digest of digests) {
    // By our own name for it: one that somebody gave it besides keeps the image.
    const image = docker.getImage(`${OURS}:${digest.slice("sha256:".length)}`);
    const removal = image.remove().then(
      () => true,
      (error: unknown) => {
        if (statusOf(error) === NOT_FOUND) return true;
        if (statusOf(error) === CONFLICT) return false;
        throw error;
      },
    );
    if (await ask(`removing image ${digest}`, removal)) gone.push(digest);
  }
  return gone;
}
