import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { join } from "node:path";
import { readFoundryFile } from "./foundryFile.ts";

/** A project's own list, one a line. */
export const REMAPPINGS_FILE = "remappings.txt";

/** Where the sources of a library lie in its folder: the first of these that is there, else the folder itself. */
const SOURCE_FOLDERS: readonly string[] = ["src", "contracts"];

/**
 * What solc is told of where imports lie, `prefix=target`, as forge has it: of those with the same prefix
 * `remappings.txt` wins, then `foundry.toml`, then what lies in its `libs` (Foundry's "get_remappings"; `forge
 * remappings` shows them). The environment, where forge looks first, is left out: a build is the same on every machine.
 */
export function readRemappings(root: string): readonly string[] {
  const foundry = readFoundryFile(root);
  const all = [...ownLines(root), ...(foundry?.remappings ?? [])];
  if (foundry?.auto_detect_remappings) {
    for (const libs of foundry.libs) all.push(...remappingsOfLibraries(root, libs));
  }
  const seen = new Set<string>();
  return all.filter((text) => {
    const prefix = (text.split("=")[0] ?? "").replace(/\/?$/, "/");
    return !seen.has(prefix) && seen.add(prefix);
  });
}

function ownLines(root: string): readonly string[] {
  const file = join(root, REMAPPINGS_FILE);
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, "utf8").split("\n");
  return lines.map((line) => line.trim()).filter((line) => line !== "" && !line.startsWith("#"));
}

/** A library is a folder of `libs`; those that it brings along itself come behind. */
function remappingsOfLibraries(
  root: string,
  libs: string,
  above: readonly string[] = [],
): readonly string[] {
  const folder = join(root, libs);
  // Node's packages are found by their names.
  if (libs === "node_modules" || !isFolder(folder)) return [];
  const place = realpathSync(folder);
  // A link to a folder that it lies in would go round in a circle.
  if (above.includes(place)) return [];
  const names = readdirSync(folder).filter((name) => isFolder(join(folder, name)));
  const own = names.sort().map((name) => {
    const sources = SOURCE_FOLDERS.find((one) => isFolder(join(folder, name, one)));
    return `${name}/=${libs}/${name}/${sources === undefined ? "" : `${sources}/`}`;
  });
  const brought = names.flatMap((name) =>
    remappingsOfLibraries(root, `${libs}/${name}/lib`, [...above, place]),
  );
  return [...own, ...brought];
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
