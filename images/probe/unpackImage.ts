import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { ImageSource } from "../writer/image.ts";

/** Writes an image's files below a folder. */
export async function unpackImage({ layers }: ImageSource, folder: string): Promise<void> {
  const entries = layers.map((layer) => ("key" in layer ? layer.entries() : layer));
  for (const entry of (await Promise.all(entries)).flat()) {
    if (entry.kind !== "file") throw new Error(`the image has a ${entry.kind}: ${entry.path}`);
    const path = join(folder, entry.path);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, entry.data, { mode: entry.mode });
  }
}
