import { mkdtemp, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { runTool } from "./tools.ts";

const SOURCES: string = fileURLToPath(new URL("./patch/org/delchain/patch/", import.meta.url));
const MAIN = "org.delchain.patch.Patch";

/** What the patch is written in. */
export async function patchSources(): Promise<readonly string[]> {
  return (await readdir(SOURCES)).sort().map((name) => join(SOURCES, name));
}

/**
 * Rewrites two classes of java.base in a development kit, for all that is linked with it: the order of `Set.of` and
 * the names of lambdas' classes are no option of the virtual machine (Patch.java). Throws `InvalidInput` for a Java
 * that has them otherwise.
 *
 * @param home the folder that has `bin/javac`.
 */
export async function patchJava(
  home: string,
  asm: readonly string[],
  sources: readonly string[],
): Promise<void> {
  const bin = join(home, "bin");
  const jmod = join(home, "jmods/java.base.jmod");
  const work = await mkdtemp(join(home, "patch-"));
  const parts = join(work, "base");
  const tool = join(work, "tool");
  const classes = join(parts, "classes");
  const options = ["-Xlint:all", "-Werror", "-encoding", "UTF-8"];
  await runTool(join(bin, "jmod"), ["extract", `--dir=${parts}`, jmod]);
  await runTool(join(bin, "javac"), [...options, "-cp", asm.join(":"), "-d", tool, ...sources]);
  await runTool(join(bin, "java"), ["-cp", [tool, ...asm].join(":"), MAIN, classes]);
  await rm(jmod);
  await runTool(join(bin, "jmod"), [
    "create",
    `--class-path=${classes}`,
    `--cmds=${join(parts, "bin")}`,
    `--config=${join(parts, "conf")}`,
    `--legal-notices=${join(parts, "legal")}`,
    `--libs=${join(parts, "lib")}`,
    jmod,
  ]);
  await rm(work, { recursive: true });
}
