import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { layerPath } from "../store/layout.ts";
import { layersOf, loadConfig } from "../store/store.ts";
import { ByteReader } from "./byteReader.ts";
import { type ImageNode, ImageTree } from "./imageTree.ts";
import { verifiedPieces } from "./verifiedPieces.ts";

/** The files of an image in a store, as its container sees them. */
export type ImageFiles = {
  readonly nodes: ReadonlyMap<string, ImageNode>;
  /** The content of a file, or its first bytes; `undefined` when there is none, or one larger than `limit`. */
  read(path: string, limit: number, bytes?: number): Promise<Buffer | undefined>;
};

/** Looks through the layers of an image in a store. Throws `InvalidInput` for what no image may have. */
export async function checkLayers(store: string, hashes: readonly string[]): Promise<ImageFiles> {
  const tree = new ImageTree();
  for (const hash of hashes) {
    const path = layerPath(store, hash);
    const remedy = `delete ${path}, and build or import the image again`;
    const pieces = verifiedPieces(createReadStream(path), hash, remedy);
    await tree.addLayer(new ByteReader(pieces));
  }
  tree.finish();
  return openFiles(store, hashes, tree.nodes);
}

/** The files of an image by its digest. Throws `InvalidInput` for one that is damaged, `Unavailable` for one that is not there. */
export async function openImageFiles(store: string, digest: string): Promise<ImageFiles> {
  return checkLayers(store, layersOf(digest, await loadConfig(store, digest)));
}

/** Files whose places are known. */
export function openFiles(
  store: string,
  hashes: readonly string[],
  nodes: ReadonlyMap<string, ImageNode>,
): ImageFiles {
  return {
    nodes,
    async read(path, limit, bytes) {
      const node = nodes.get(path);
      if (node === undefined || node.kind === "directory" || node.kind === "symlink")
        return undefined;
      if (node.size > limit) return undefined;
      const file = await open(layerPath(store, hashes[node.layer] ?? ""));
      try {
        const size = Math.min(node.size, bytes ?? node.size);
        const { buffer } = await file.read(Buffer.alloc(size), 0, size, node.offset);
        return buffer;
      } finally {
        await file.close();
      }
    },
  };
}
