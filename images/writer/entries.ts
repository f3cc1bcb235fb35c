import { InvalidInput } from "@delchain/runtime";

/** What an image is made of. Paths are relative to the image's root, with `/` and no `.` or `..`. */
export type ImageEntry =
  | {
      readonly kind: "file";
      readonly path: string;
      readonly mode: number;
      readonly data: Uint8Array;
    }
  | { readonly kind: "directory"; readonly path: string; readonly mode: number }
  | { readonly kind: "symlink"; readonly path: string; readonly target: string };

/** A Debian root with Java inside has about 10,000 files; the engine unpacks each one on every host. */
export const MAX_ENTRIES = 16_384;
/** Unpacked, over all files: five times the PHP image, and what a host can hold in memory while it checks it. */
export const MAX_IMAGE_BYTES: number = 256 * 1024 * 1024;
/** A ustar header has 100 bytes for the name, a `/`, and 155 for what stands before it (POSIX.1-1988). */
export const MAX_NAME_BYTES = 100;
export const MAX_PREFIX_BYTES = 155;
/** A ustar header's link field. */
export const MAX_LINK_BYTES = 100;
/** Read, write and execute bits: set-uid, set-gid and sticky have no use in a container without users. */
export const MAX_MODE = 0o777;

const DIRECTORY_MODE = 0o755;
// Printable ASCII: other names would need pax headers, which engines read differently.
const PATH_CHARACTERS = /^[\x21-\x7e]+$/;

function refuse(code: string, path: string, message: string): never {
  throw new InvalidInput({ code, path }, `image entry "${path.slice(0, 80)}": ${message}`);
}

/**
 * The entries as they go into the layer: checked, missing parent directories added, sorted by path bytes, so that
 * one set of files has one layer. Throws `InvalidInput` that names the entry, the limit and the remedy.
 */
export function orderEntries(entries: readonly ImageEntry[]): readonly ImageEntry[] {
  if (entries.length > MAX_ENTRIES) tooMany(entries.length);
  const byPath = new Map<string, ImageEntry>();
  let bytes = 0;
  for (const entry of entries) {
    checkEntry(entry);
    if (byPath.has(entry.path)) refuse("duplicate", entry.path, "stands twice; keep one");
    byPath.set(entry.path, entry);
    if (entry.kind === "file") bytes += entry.data.length;
    if (bytes > MAX_IMAGE_BYTES) {
      refuse(
        "imageTooLarge",
        entry.path,
        `the files pass ${MAX_IMAGE_BYTES} bytes; leave some out`,
      );
    }
  }
  for (const entry of entries) addParents(entry.path, byPath);
  if (byPath.size > MAX_ENTRIES) tooMany(byPath.size);
  return [...byPath.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

function tooMany(count: number): never {
  const message = `an image has at most ${MAX_ENTRIES} entries, not ${count}; leave some out`;
  throw new InvalidInput({ code: "tooManyEntries", count, limit: MAX_ENTRIES }, message);
}

function checkEntry(entry: ImageEntry): void {
  checkPath(entry.path);
  if (entry.kind === "symlink") checkTarget(entry.path, entry.target);
  else if (entry.kind === "file" || entry.kind === "directory") checkMode(entry.path, entry.mode);
  // Reached from untyped callers only: a device, a pipe or a hard link.
  else refuse("kind", (entry as ImageEntry).path, "only files, directories and symbolic links");
}

function checkPath(path: string): void {
  if (!PATH_CHARACTERS.test(path)) refuse("path", path, "a path is printable ASCII without spaces");
  const parts = path.split("/");
  if (parts.includes("") || parts.includes(".") || parts.includes("..")) {
    refuse("path", path, "a path is relative to the root, without empty parts, `.` and `..`");
  }
  if (!fitsUstar(path)) {
    const limits = `${MAX_PREFIX_BYTES} + ${MAX_NAME_BYTES}`;
    refuse("pathTooLong", path, `a path has at most ${limits} bytes around a "/"; shorten it`);
  }
}

/** tar-stream moves parts to the prefix until the rest fits; a directory's name takes one byte more, a slash. */
function fitsUstar(path: string): boolean {
  let name = `${path}/`;
  let prefix = "";
  while (name.length > MAX_NAME_BYTES) {
    const slash = name.indexOf("/");
    if (slash === -1 || slash === name.length - 1) return false;
    prefix = prefix === "" ? name.slice(0, slash) : `${prefix}/${name.slice(0, slash)}`;
    name = name.slice(slash + 1);
  }
  return prefix.length <= MAX_PREFIX_BYTES;
}

function checkMode(path: string, mode: number): void {
  if (Number.isInteger(mode) && mode > 0 && mode <= MAX_MODE) return;
  refuse("mode", path, "a mode is 1 to 0o777: no set-uid, set-gid or sticky bit");
}

function checkTarget(path: string, target: string): void {
  if (!PATH_CHARACTERS.test(target) || target.startsWith("/")) {
    refuse("target", path, "a link's target is a relative path in printable ASCII");
  }
  if (target.length > MAX_LINK_BYTES) {
    refuse(
      "targetTooLong",
      path,
      `a link's target has at most ${MAX_LINK_BYTES} bytes; shorten it`,
    );
  }
  let depth = path.split("/").length - 1;
  for (const part of target.split("/")) {
    if (part === "..") depth -= 1;
    else if (part !== "" && part !== ".") depth += 1;
    if (depth < 0) refuse("target", path, "a link's target stays inside the image");
  }
}

function addParents(path: string, byPath: Map<string, ImageEntry>): void {
  for (let cut = path.lastIndexOf("/"); cut > 0; cut = path.lastIndexOf("/", cut - 1)) {
    const parent = path.slice(0, cut);
    const found = byPath.get(parent);
    if (found === undefined) {
      byPath.set(parent, { kind: "directory", path: parent, mode: DIRECTORY_MODE });
    } else if (found.kind !== "directory") {
      refuse("parent", path, `"${parent}" is a ${found.kind}, so nothing can lie in it`);
    }
  }
}
