import { existsSync, lstatSync, mkdirSync, readlinkSync, rmSync, symlinkSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** Where the packages lie that came with this `delchain`. */
const INSTALLED = fileURLToPath(new URL("../../node_modules/", import.meta.url));

/** What contracts and their tests import, and what editors read for them. */
const LINKED: readonly string[] = [
  "@delchain/assemblyscript",
  "@delchain/c",
  "@delchain/node",
  "@delchain/php",
  "@delchain/solidity",
  "@delchain/test",
  "@delchain/toolchain",
  "@types/node",
  "assemblyscript",
  "viem",
];

/**
 * Links the packages that a project's sources and tests import into its `node_modules`, so that it works, and its
 * editor with it, without installing anything. What the project has installed itself stays.
 */
export function linkPackages(root: string): void {
  for (const name of LINKED) {
    const target = join(INSTALLED, name);
    const link = join(root, "node_modules", name);
    if (!existsSync(target) || isInstalled(link) || resolve(target) === resolve(link)) continue;
    mkdirSync(dirname(link), { recursive: true });
    rmSync(link, { force: true });
    symlinkSync(target, link, "dir");
  }
}

/** A folder, or a link that leads somewhere; one that leads nowhere is from a `delchain` that has moved. */
function isInstalled(link: string): boolean {
  const found = lstatSync(link, { throwIfNoEntry: false });
  if (found === undefined) return false;
  if (!found.isSymbolicLink()) return true;
  return existsSync(resolve(dirname(link), readlinkSync(link)));
}
