import type { ImageEntry } from "../writer/entries.ts";
import { readElf } from "./elf.ts";
import { fileAt, neededFile, type UnpackedFiles } from "./unpack.ts";

/** Where Debian 12's packages have libraries; its packages still use both spellings. */
const LIBRARY_FOLDERS = ["lib/x86_64-linux-gnu", "usr/lib/x86_64-linux-gnu"];
/** The first folder that the loader looks in; all libraries of an image lie here. */
const LIBRARIES = "lib/x86_64-linux-gnu";

/** A file of the packages, and its place in the image. */
export type Placement = { readonly from: string; readonly to: string };

/**
 * The programs at these paths and every library that they load, and theirs: nothing else of the packages goes into an
 * image. Links become the files they lead to. Throws `InvalidInput` that names a library no package has.
 *
 * @param own names of libraries that the programs find beside themselves, among the placements.
 */
export function programClosure(
  unpacked: UnpackedFiles,
  programs: readonly Placement[],
  own: ReadonlySet<string> = new Set(),
): readonly ImageEntry[] {
  const entries = new Map<string, ImageEntry>();
  const waiting: (Placement & { readonly wantedBy: string })[] = programs.map((program) => ({
    ...program,
    wantedBy: "the image",
  }));
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { from, to, wantedBy } = next;
    if (entries.has(to)) continue;
    const data = neededFile(unpacked, from, wantedBy);
    entries.set(to, { kind: "file", path: to, mode: 0o755, data });
    const { interpreter, libraries } = readElf(to, data);
    if (interpreter !== undefined) {
      const loader = interpreter.slice(1);
      waiting.push({ from: loader, to: loader, wantedBy: to });
    }
    for (const name of libraries) {
      if (own.has(name)) continue;
      waiting.push({ from: findLibrary(unpacked, name), to: `${LIBRARIES}/${name}`, wantedBy: to });
    }
  }
  return [...entries.values()];
}

/** The path of a library; its bare name when no package has it, which then is the name of what is missing. */
function findLibrary(unpacked: UnpackedFiles, name: string): string {
  const paths = LIBRARY_FOLDERS.map((folder) => `${folder}/${name}`);
  return paths.find((path) => fileAt(unpacked, path) !== undefined) ?? name;
}
