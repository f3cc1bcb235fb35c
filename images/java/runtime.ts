import { copyFile, mkdir, readdir, readFile, stat } from "node:fs/promises";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { programClosure } from "../debian/closure.ts";
import type { ImageEntry } from "../writer/entries.ts";
import type { Jdk } from "./jdk.ts";
import { runTool } from "./tools.ts";

const LAUNCHER: string = fileURLToPath(new URL("./launcher/", import.meta.url));
const RULES = "org/delchain/container/rules.txt";
/** The name of the launcher's module. */
const MODULE = "delchain.launcher";
/** Where Java lies in the image. */
const PLACE = "jre";
const ELF_MAGIC = 0x7f454c46;

/** Java for contracts: what an image gets, and what contracts are compiled and verified with. */
export type JavaRuntime = {
  readonly jdk: Jdk;
  /** The folder with the launcher's classes and ASM's. */
  readonly module: string;
  readonly entries: readonly ImageEntry[];
};

/**
 * Compiles the launcher and links it with the one module of Java that it needs. The same packages give the same bytes; an
 * archive of loaded classes would not, on Java 17, so there is none.
 *
 * @param folder an empty one, which the caller removes when it needs the runtime no more.
 */
export async function buildJavaRuntime(jdk: Jdk, folder: string): Promise<JavaRuntime> {
  const module = join(folder, "module");
  await mkdir(module);
  await buildLauncher(jdk, module);
  const linked = join(folder, PLACE);
  await runTool(join(jdk.home, "bin/jlink"), [
    `--module-path=${join(jdk.home, "jmods")}:${module}`,
    `--add-modules=${MODULE}`,
    "--strip-java-debug-attributes",
    "--no-header-files",
    "--no-man-pages",
    "--vm=server",
    `--output=${linked}`,
  ]);
  return { jdk, module, entries: await imageEntries(jdk, linked) };
}

async function buildLauncher(jdk: Jdk, module: string): Promise<void> {
  for (const jar of jdk.asm) {
    // In the launcher's own module: Debian's jar is none, and jlink takes only modules.
    await runTool(join(jdk.home, "bin/jar"), ["--extract", `--file=${jar}`, "org"], module);
  }
  await runTool(join(jdk.home, "bin/javac"), [
    "-Xlint:all",
    "-Werror",
    "-encoding",
    "UTF-8",
    "-XDstringConcat=inline",
    `--patch-module=${MODULE}=${module}`,
    `--add-exports=java.base/jdk.internal.misc=${MODULE}`,
    "-d",
    module,
    ...(await filesBelow(LAUNCHER)).filter((file) => file.endsWith(".java")),
  ]);
  await copyFile(join(LAUNCHER, RULES), join(module, RULES));
}

/** Java's files, and the libraries that its programs load from Debian's packages. */
async function imageEntries({ libraries }: Jdk, linked: string): Promise<readonly ImageEntry[]> {
  const entries: ImageEntry[] = [];
  const files = new Map(libraries.files);
  const programs: { from: string; to: string }[] = [];
  for (const file of await filesBelow(linked)) {
    const path = `${PLACE}/${relative(linked, file)}`;
    const data = await readFile(file);
    if (data.length > 4 && data.readUInt32BE() === ELF_MAGIC) {
      files.set(path, data);
      programs.push({ from: path, to: path });
    } else {
      entries.push({ kind: "file", path, mode: 0o644, data });
    }
  }
  const own = new Set(programs.map(({ to }) => to.split("/").at(-1) as string));
  const closure = programClosure({ files, links: libraries.links }, programs, own);
  return [...entries, ...closure];
}

/** All files below a folder, in an order that does not depend on the machine. */
export async function filesBelow(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder, { recursive: true });
  const paths = names.map((name) => join(folder, name)).sort();
  const isFile = await Promise.all(paths.map(async (path) => (await stat(path)).isFile()));
  return paths.filter((_, at) => isFile[at]);
}
