import { existsSync, readdirSync } from "node:fs";
import { join, relative } from "node:path";
import { CompileFailed } from "../diagnostic.ts";

/** More than Composer installs for a service; an image holds 16,384 entries in all. */
export const VENDOR_FILES_MAX = 8_000;

/**
 * What Composer has installed, with `/`, sorted; links, as of packages that lie elsewhere, and hidden files are left out. Throws
 * `CompileFailed` above `VENDOR_FILES_MAX`.
 */
export function vendorFiles(root: string): readonly string[] {
  const folder = join(root, "vendor");
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).replaceAll("\\", "/"))
    .filter((path) => !/(?:^|\/)\./.test(path))
    .sort();
  if (files.length <= VENDOR_FILES_MAX) return files;
  throw new CompileFailed([
    {
      severity: "error",
      message:
        `vendor has ${files.length} files; a container takes at most ${VENDOR_FILES_MAX}. ` +
        "Try: composer install --no-dev",
      place: undefined,
    },
  ]);
}
