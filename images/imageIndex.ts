import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { ImageDigest, Platform } from "@delchain/runtime";
import { writeAtomically } from "./store/layout.ts";

/** An image that was built under a name. */
export type IndexedImage = {
  readonly name: string;
  readonly digest: ImageDigest;
  readonly platform: Platform;
  /** The command that a manifest gives to run its contract. */
  readonly entrypoint: readonly string[];
  /** The hash of what it was built from. */
  readonly inputs: string;
};

export type ImageIndex = Readonly<Record<string, IndexedImage>>;

const FILE = "index.json";

/** What was built into a store by name; the empty index for a new store, or one that cannot be read. */
export async function readIndex(store: string): Promise<ImageIndex> {
  try {
    return JSON.parse(await readFile(join(store, FILE), "utf8")) as ImageIndex;
  } catch {
    // It only saves work: without it images are built again, to the same digests.
    return {};
  }
}

export async function writeIndex(store: string, index: ImageIndex): Promise<void> {
  const text = `${JSON.stringify(index, undefined, 2)}\n`;
  await writeAtomically(join(store, FILE), [Buffer.from(text)]);
}
