import { readFile, writeFile } from "node:fs/promises";
import type { DebianPackage } from "./packages.ts";

/**
 * The packages that the published digest of an image was made from. Debian replaces packages when it mends them and
 * keeps no old ones at hand, so an image is built from what there is, and its digest is another one then.
 */
export async function readLock(path: string): Promise<readonly DebianPackage[]> {
  return JSON.parse(await readFile(path, "utf8")) as readonly DebianPackage[];
}

export async function writeLock(path: string, packages: readonly DebianPackage[]): Promise<void> {
  const kept = packages
    .map(({ name, version, sha256 }) => ({ name, version, sha256 }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  await writeFile(path, `${JSON.stringify(kept, undefined, 2)}\n`);
}

/** One line for each package that is not the lock's, for people. */
export async function foreignPackages(
  path: string,
  packages: readonly DebianPackage[],
): Promise<readonly string[]> {
  const lock = await readLock(path);
  return packages.flatMap(({ name, version, sha256 }) => {
    const locked = lock.find((candidate) => candidate.name === name);
    if (locked?.sha256 === sha256) return [];
    const was = locked === undefined ? "not in the lock" : `${locked.version} in the lock`;
    return [`${name} is ${version}, ${was}: the image's digest is not the published one`];
  });
}
