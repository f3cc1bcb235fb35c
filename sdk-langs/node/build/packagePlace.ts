/** What pnpm keeps a package in; links lead there, and Node names a file by where links lead. */
const PNPM_STORE = /(?:^|\/)node_modules\/\.pnpm\/[^/]+\/(node_modules\/.+)$/;
const PACKAGES = "node_modules/";

/**
 * Where npm lays a package's file, from the first `node_modules/` on, also when pnpm has laid it out; `undefined` for a
 * file of no package, or in a folder that no package manager names so.
 */
export function packagePlace(path: string): string | undefined {
  const [, stored] = PNPM_STORE.exec(path) ?? [];
  const at = path.indexOf(PACKAGES);
  const place = stored ?? (at < 0 ? undefined : path.slice(at));
  return place?.includes("/.") ? undefined : place;
}

/** The package's part of a place: `node_modules/@scope/name`, or of the innermost one. */
export function packageFolder(place: string): string {
  return /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(place)?.[0] ?? place;
}
