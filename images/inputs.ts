import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT: string = fileURLToPath(new URL("../", import.meta.url));

/** What writes every layer. */
export const WRITER = "images/writer";

/** One hash over the bytes of files and folders of the repository, and what else decides: versions say. */
export async function hashInputs(
  inputs: readonly string[],
  facts: readonly string[] = [],
): Promise<string> {
  const hash = createHash("sha256").update(JSON.stringify(facts));
  for (const input of inputs) {
    for (const path of await filesOf(join(ROOT, input))) {
      const bytes = await readFile(path);
      hash.update(`${path.slice(ROOT.length)} ${bytes.length}\n`).update(bytes);
    }
  }
  return hash.digest("hex");
}

async function filesOf(path: string): Promise<readonly string[]> {
  const entries = await readdir(path, { withFileTypes: true, recursive: true }).catch(
    () => undefined,
  );
  if (entries === undefined) return [path];
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
