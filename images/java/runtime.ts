import { copyFile, mkdir, readdir, readFile, stat } from "node:fs/promises";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { programClosure } from "../debian/closure.ts";
import type { ImageEntry } from "../writer/entries.ts";
import type { Jdk } from "./jdk.ts";
import { runTool } from "./tools.ts";

const LAUNCHER: string = fileURLToPath(new URL("./launcher/", import.meta.url));
const SDK: string = fileURLToPath(new URL("../../sdk-langs/java/", import.meta.url));
/** What writes a contract's dispatcher from its annotations. */
export const PROCESSOR = "org.delchain.build.ContractProcessor";
/** How the SDK and contracts are compiled. */
export const JAVAC_OPTIONS: readonly string[] = [
  "--release=17",
  "-encoding",
  "UTF-8",
  "-nowarn",
  "-g:source,lines",
  // Joined strings as plain code: what Java links at run time it would link again in every call.
  "-XDstringConcat=inline",
];
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
  /** The folder with the SDK's classes. */
  readonly sdk: string;
  /** The folder with the SDK's annotation processor. */
  readonly processor: string;
  readonly entries: readonly ImageEntry[];
};

/**
 * Compiles launcher and SDK, and links the launcher with the one module of Java that it needs. The same packages
 * give the same bytes; an archive of loaded classes would not, on Java 17, so there is none.
 *
 * @param folder an empty one, which the caller removes when it needs the runtime no more.
 */
export async function buildJavaRuntime(jdk: Jdk, folder: string): Promise<JavaRuntime> {
  const module = join(folder, "module");
  const sdk = join(folder, "sdk");
  const processor = join(folder, "processor");
  const linked = join(folder, PLACE);
  await mkdir(module);
  await compileLauncher(jdk, module);
  await compileSdk(jdk, module, sdk, processor);
  await runTool(join(jdk.home, "bin/jlink"), [
    `--module-path=${join(jdk.home, "jmods")}:${module}`,
    `--add-modules=${MODULE}`,
    "--strip-java-debug-attributes",
    "--no-header-files",
    "--no-man-pages",
    "--vm=server",
    // It writes classes in an order that the clock gives, of the Java that links.
    "--disable-plugin=generate-jli-classes",
    `--output=${linked}`,
  ]);
  return { jdk, module, sdk, processor, entries: await imageEntries(jdk, linked) };
}

async function compileLauncher(jdk: Jdk, module: string): Promise<void> {
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
    "-d",
    module,
    ...(await sourcesBelow(LAUNCHER)),
  ]);
  await copyFile(join(LAUNCHER, RULES), join(module, RULES));
}

async function compileSdk(jdk: Jdk, module: string, sdk: string, processor: string): Promise<void> {
  const javac = join(jdk.home, "bin/javac");
  const sources = [
    ...(await sourcesBelow(join(SDK, "src"))),
    ...(await sourcesBelow(join(SDK, "container"))),
  ];
  await runTool(javac, [
    ...JAVAC_OPTIONS,
    "-proc:none",
    `--class-path=${module}`,
    "-d",
    sdk,
    ...sources,
  ]);
  // The rest of the SDK's build tool compiles for the wasm tier, with packages that are not here.
  const build = join(SDK, "build");
  const main = join(build, `${PROCESSOR.replaceAll(".", "/")}.java`);
  await runTool(javac, [
    "-encoding",
    "UTF-8",
    "-implicit:class",
    "-proc:none",
    `--source-path=${build}`,
    "-d",
    processor,
    main,
  ]);
}

async function sourcesBelow(folder: string): Promise<readonly string[]> {
  return (await filesBelow(folder)).filter((file) => file.endsWith(".java"));
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
