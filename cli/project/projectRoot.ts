import { existsSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { PROJECT_FILES } from "@delchain/toolchain";
import { CommandError } from "../commandError.ts";
import { EXIT } from "../exitCodes.ts";

/**
 * The folder that is named, or the nearest from here upwards that has a project file or a folder `contracts`; this
 * one when none has. Throws `CommandError` when the named one is no folder.
 */
export function projectRoot(named: string | undefined): string {
  if (named !== undefined) {
    const root = resolve(named);
    if (existsSync(root) && statSync(root).isDirectory()) return root;
    throw new CommandError(`--project ${named} is no folder`, EXIT.usage);
  }
  const marks = [...PROJECT_FILES, "contracts"];
  const here = process.cwd();
  for (let folder = here; ; folder = dirname(folder)) {
    if (marks.some((mark) => existsSync(join(folder, mark)))) return folder;
    if (folder === dirname(folder)) return here;
  }
}
