import { existsSync } from "node:fs";
import { dirname, join, normalize } from "node:path/posix";

/** A source or a header of a contract, by its path. */
export type CSource = { readonly file: string; readonly text: string };

/** A file's text; `undefined` when it is not there. */
export type ReadCSource = (file: string) => string | undefined;

/**
 * A contract's own file and those of its project that it includes, each once and in the order in which they are met.
 * They are looked for beside the file that names them, then from the project's folder on, as the compilers do. The
 * SDK's headers are none of them.
 */
export function includedSources(main: CSource, read: ReadCSource): readonly CSource[] {
  const found = new Map([[main.file, main]]);
  // It grows while it is walked.
  for (const { file, text } of found.values()) {
    for (const [, path = ""] of text.matchAll(/^[ \t]*#\s*include\s*"([^"\n]+)"/gm)) {
      for (const place of [normalize(join(dirname(file), path)), normalize(path)]) {
        if (found.has(place)) break;
        if (place.startsWith("..") || isOfSdk(place)) continue;
        const included = read(place);
        if (included === undefined) continue;
        found.set(place, { file: place, text: included });
        break;
      }
    }
  }
  return [...found.values()];
}

function isOfSdk(path: string): boolean {
  return path.endsWith(".h") && existsSync(new URL(path, import.meta.url));
}
