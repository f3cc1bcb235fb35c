import { type ImageArchives, Unavailable } from "@delchain/runtime";
import type { Image } from "../writer/image.ts";
import { archiveOf } from "./archive.ts";

/** Images in memory as drivers ask for them, for whoever has just written them. */
export function memoryImages(...images: readonly Image[]): ImageArchives {
  const find = (digest: string): Image => {
    const found = images.find((image) => image.digest === digest);
    if (found) return found;
    throw new Unavailable("images", `there is no image ${digest}`);
  };
  return {
    has: async (digest) => images.some((image) => image.digest === digest),
    layers: async (digest) => find(digest).layers.map(({ hash }) => `sha256:${hash}`),
    archive: async (digest, without) => {
      const { config, layers } = find(digest);
      const bytesOf = (wanted: string): Uint8Array =>
        layers.find(({ hash }) => hash === wanted)?.bytes ?? new Uint8Array();
      const source = async (hash: string) => {
        const bytes = bytesOf(hash);
        return { bytes: bytes.length, pieces: pieceOf(bytes) };
      };
      return archiveOf(digest, config, source, without);
    },
    admit: async () => undefined,
  };
}

async function* pieceOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
