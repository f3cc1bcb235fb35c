import { createHash } from "node:crypto";
import { readdir, readFile, rm, stat } from "node:fs/promises";
import { hostname } from "node:os";
import { join, resolve } from "node:path";
import type { ImageDigest } from "@delchain/runtime";
import { takeAway, writeAtomically } from "./layout.ts";

/** Who needs images: a folder, of a project or of a chain, or a process. As long as it exists no sweep takes them. */
export type Holder = { readonly folder: string } | { readonly process: number };

export type NamedImage = {
  /** What the holder calls it; empty when it has no name for it. */
  readonly name: string;
  readonly digest: ImageDigest;
};

export type Root = { readonly holder: Holder; readonly images: readonly NamedImage[] };

type RootFile = Root & { readonly host: string };

/** A holder may just be coming back: a project that is built anew says first what it needs. */
const DEAD_MS = 10_000;
/** A process on another machine, which shares the store over a network, counts as long as it was heard of. */
const ELSEWHERE_MS: number = 24 * 60 * 60_000;

/** Says what a holder needs, in place of what it said before. */
export async function saveRoot(
  store: string,
  holder: Holder,
  images: readonly NamedImage[],
): Promise<void> {
  const path = rootPath(store, holder);
  if (images.length === 0) return rm(path, { force: true });
  const file: RootFile = { holder: absolute(holder), host: hostname(), images };
  await writeAtomically(path, [Buffer.from(`${JSON.stringify(file, undefined, 2)}\n`)]);
}

/** What a holder said that it needs. */
export async function loadRoot(store: string, holder: Holder): Promise<readonly NamedImage[]> {
  return (await readRoot(rootPath(store, holder)))?.images ?? [];
}

/** The roots of all holders that still exist; those of others are removed. */
export async function livingRoots(store: string): Promise<readonly Root[]> {
  const living: Root[] = [];
  for (const name of await readdir(join(store, "roots")).catch(() => [])) {
    if (!name.endsWith(".json")) continue;
    const path = join(store, "roots", name);
    const root = await readRoot(path);
    if (root !== undefined && (await exists(root, path))) living.push(root);
    else await takeAway(path, DEAD_MS);
  }
  return living;
}

/** A name for people. */
export function holderName(holder: Holder): string {
  return "folder" in holder ? holder.folder : `process ${holder.process}`;
}

async function readRoot(path: string): Promise<RootFile | undefined> {
  try {
    const root = JSON.parse(await readFile(path, "utf8")) as Partial<RootFile> | null;
    if (root?.holder && Array.isArray(root.images)) return root as RootFile;
  } catch {
    // As below.
  }
  // Not there, or of a form that this version does not know: what it named was built, and can be again.
  return undefined;
}

async function exists({ holder, host }: RootFile, path: string): Promise<boolean> {
  if ("folder" in holder) {
    return stat(holder.folder).then(
      (found) => found.isDirectory(),
      () => false,
    );
  }
  if (host === hostname()) return isRunning(holder.process);
  return Date.now() - (await stat(path)).mtimeMs < ELSEWHERE_MS;
}

/** A number that another process has meanwhile keeps images for too long, never for too short. */
function isRunning(process_: number): boolean {
  try {
    process.kill(process_, 0);
    return true;
  } catch (error) {
    // Somebody else's process is one too.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function absolute(holder: Holder): Holder {
  return "folder" in holder ? { folder: resolve(holder.folder) } : holder;
}

function rootPath(store: string, holder: Holder): string {
  const key = JSON.stringify([absolute(holder), "process" in holder ? hostname() : ""]);
  const name = createHash("sha256").update(key).digest("hex").slice(0, 32);
  return join(store, "roots", `${name}.json`);
}
