import { existsSync, readdirSync, statSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { InvalidInput } from "@delchain/runtime";

/** More than any project of contracts has; a folder that was not meant is noticed before it is read through. */
export const FILES_MAX = 2_000;

export type InvalidFiles = {
  readonly code: "TOO_MANY_FILES";
  readonly folder: string;
  readonly limit: number;
};

/** What a project holds and builds make: never sources. */
const LEFT_OUT = new Set(["node_modules", "out", "target", "vendor", "test"]);

/**
 * The files at or below a path of the project, relative to it, with `/`, sorted. Throws
 * `InvalidInput<InvalidFiles>` above `FILES_MAX`.
 */
export function filesBelow(root: string, path: string): readonly string[] {
  const start = join(root, path);
  if (!existsSync(start)) return [];
  const found: string[] = [];
  const visit = (folder: string): void => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      if (entry.name.startsWith(".") || LEFT_OUT.has(entry.name)) continue;
      if (entry.isDirectory()) visit(join(folder, entry.name));
      else if (entry.isFile()) found.push(join(folder, entry.name));
      if (found.length > FILES_MAX) {
        throw new InvalidInput<InvalidFiles>(
          { code: "TOO_MANY_FILES", folder: start, limit: FILES_MAX },
          `${start} has more than ${FILES_MAX} files; name the contracts in delchain.json`,
        );
      }
    }
  };
  if (statSync(start).isDirectory()) visit(start);
  else found.push(start);
  return found.map((file) => relative(root, file).split(sep).join("/")).sort();
}

/** The files of a folder and below that end so. */
export function filesBeside(root: string, folder: string, ending: string): readonly string[] {
  return filesBelow(root, folder).filter((path) => path.endsWith(ending));
}
