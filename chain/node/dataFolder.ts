import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

/** Where a node keeps what it owns. */
export type DataFolder = {
  readonly path: string;
  readonly chain: string;
  readonly journal: string;
  readonly words: string;
  readonly sources: string;
  /** Removes a folder that was made for this run alone. */
  readonly dispose: () => void;
};

/** The folder that was named, or one for this run alone that goes with it. */
export function openDataFolder(named: string | undefined): DataFolder {
  const path = named === undefined ? mkdtempSync(join(tmpdir(), "delchain-")) : resolve(named);
  mkdirSync(path, { recursive: true });
  return {
    path,
    chain: join(path, "chain"),
    journal: join(path, "mempool.journal"),
    words: join(path, "words.journal"),
    sources: join(path, "sources"),
    dispose: () => {
      if (named === undefined) rmSync(path, { recursive: true, force: true });
    },
  };
}
