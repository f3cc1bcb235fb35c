import { createHash } from "node:crypto";
import { copyFile, mkdir, mkdtemp, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { programClosure } from "../debian/closure.ts";
import { packageHashes, packageNotes } from "../debian/packageNotes.ts";
import { unpackPackages } from "../debian/unpack.ts";
import { hashInputs, WRITER } from "../inputs.ts";
import type { ImageEntry } from "../writer/entries.ts";
import type { BaseLayer } from "../writer/image.ts";
import { ARCHIVED_CLASSES, JVM_OPTIONS, writeClassArchive } from "./classArchive.ts";
import { type Jdk, openJdk } from "./jdk.ts";
import { runTool } from "./tools.ts";

const HERE: string = fileURLToPath(new URL(".", import.meta.url));
const LAUNCHER: string = join(HERE, "launcher");
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
  /** Java with the launcher, and the libraries that it loads. */
  readonly layer: BaseLayer;
};

/**
 * Java for contracts, compiled and linked once below `cache` for each version of launcher, SDK and packages. Throws
 * `Unavailable` with a remedy where Debian's packages are not at hand.
 */
export async function openJavaRuntime(
  cache: string,
  progress: (text: string) => void,
): Promise<JavaRuntime> {
  const jdk = await openJdk(cache, progress);
  const folder = join(cache, `java-${await nameOf(jdk)}`);
  if (!(await stat(folder).catch(() => undefined))) {
    progress("compiling and linking Java for containers");
    const temporary = await mkdtemp(`${folder}.`);
    try {
      await buildRuntime(jdk, temporary);
      // Somebody else who built at the same time has the same files.
      await rename(temporary, folder).catch(() => undefined);
    } finally {
      await rm(temporary, { recursive: true, force: true });
    }
  }
  return loadRuntime(jdk, folder);
}

/** The files of ours that decide what is compiled, by package: `@delchain/java/src/…`. */
export async function javaRuntimeInputs(): Promise<readonly string[]> {
  const own = ["launcher", "patch", "classes.txt", "jvm.options", "packages.json"];
  const sdk = ["build", "src", "container"];
  return [
    ...(await inputsOf("@delchain/images/java", HERE, own)),
    ...(await inputsOf("@delchain/java", SDK, sdk)),
  ];
}

async function inputsOf(
  name: string,
  folder: string,
  parts: readonly string[],
): Promise<readonly string[]> {
  const files = await Promise.all(parts.map((part) => filesBelow(join(folder, part))));
  return files.flat().map((file) => `${name}/${relative(folder, file)}`);
}

async function nameOf({ home }: Jdk): Promise<string> {
  const hash = createHash("sha256").update(home);
  const sdk = ["build", "src", "container"].map((part) => join(SDK, part));
  for (const path of [LAUNCHER, ARCHIVED_CLASSES, JVM_OPTIONS, ...sdk]) {
    for (const file of await filesBelow(path)) hash.update(await readFile(file));
  }
  return hash.digest("hex").slice(0, 16);
}

/**
 * Compiles launcher and SDK, links the launcher with the one module of Java that it needs, and archives the classes
 * that it loads. The same packages give the same bytes.
 *
 * @param folder an empty one, which the caller removes when it needs the runtime no more.
 */
export async function buildJavaRuntime(jdk: Jdk, folder: string): Promise<JavaRuntime> {
  await buildRuntime(jdk, folder);
  return loadRuntime(jdk, folder);
}

async function buildRuntime(jdk: Jdk, folder: string): Promise<void> {
  const { module, sdk, processor, linked } = places(folder);
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
  await writeClassArchive(linked);
}

async function loadRuntime(jdk: Jdk, folder: string): Promise<JavaRuntime> {
  const { module, sdk, processor, linked } = places(folder);
  return { jdk, module, sdk, processor, layer: await layerOf(jdk, linked) };
}

function places(folder: string) {
  return {
    module: join(folder, "module"),
    sdk: join(folder, "sdk"),
    processor: join(folder, "processor"),
    linked: join(folder, PLACE),
  };
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

async function layerOf(jdk: Jdk, linked: string): Promise<BaseLayer> {
  const facts = [await nameOf(jdk), ...packageHashes(jdk.packages)];
  return {
    key: await hashInputs(
      ["images/java/runtime.ts", "images/java/classArchive.ts", "images/debian", WRITER],
      facts,
    ),
    entries: () => imageEntries(jdk, linked),
  };
}

/** Java's files, and the libraries that its programs load from Debian's packages. */
async function imageEntries(
  { packages, libraryPackages }: Jdk,
  linked: string,
): Promise<readonly ImageEntry[]> {
  const libraries = await unpackPackages(libraryPackages);
  const entries: ImageEntry[] = [...packageNotes(packages)];
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

/** All files at or below a path, in an order that does not depend on the machine. */
export async function filesBelow(folder: string): Promise<readonly string[]> {
  if ((await stat(folder)).isFile()) return [folder];
  const names = await readdir(folder, { recursive: true });
  const paths = names.map((name) => join(folder, name)).sort();
  const isFile = await Promise.all(paths.map(async (path) => (await stat(path)).isFile()));
  return paths.filter((_, at) => isFile[at]);
}
