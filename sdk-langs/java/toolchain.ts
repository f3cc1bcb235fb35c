import { execFile } from "node:child_process";
import { createHash, randomUUID } from "node:crypto";
import { existsSync, globSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

/** The SDK's own folder. */
export const SDK: string = fileURLToPath(new URL(".", import.meta.url));

/** Where jars and compiled tools are kept from one build to the next. */
export const DEFAULT_CACHE: string = fileURLToPath(new URL("../../.cache/java", import.meta.url));

/** The first Java that has records; TeaVM 0.13.1 and ecj run on it. */
const JAVA_MIN = 17;

/** Thirty jars, 32 MB; a slow mirror takes minutes. */
const DOWNLOAD_TIMEOUT_MS = 600_000;
const TOOLS_TIMEOUT_MS = 120_000;

const COPY_JARS = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies";

const run: typeof execFile.__promisify__ = promisify(execFile);

/** This machine lacks a part of the toolchain; the message says which, and how to get it. */
export class ToolchainMissing extends Error {
  override readonly name = "ToolchainMissing";
}

/** Everything that a build needs. */
export type JavaToolchain = {
  /** The `java` to run. */
  readonly java: string;
  readonly jars: readonly string[];
  /** Folder of the compiled `build/` and the TeaVM classes that it patched: stands before the jars. */
  readonly tools: string;
};

export type ToolchainOptions = {
  readonly cache?: string;
  /** Told what is being done, in words for people. */
  readonly progress?: (text: string) => void;
};

/**
 * Finds Java, brings the jars by Maven (and its settings, for whoever has a mirror) the first time, and compiles the
 * build tools. Throws `ToolchainMissing`, or an `Error` when a jar is not the one that `jars.json` names.
 */
export async function javaToolchain({
  cache = DEFAULT_CACHE,
  progress = () => undefined,
}: ToolchainOptions = {}): Promise<JavaToolchain> {
  const java = await findJava();
  const jars = await ensureJars(cache, progress);
  const tools = await ensureTools(java, jars, cache, progress);
  return { java, jars, tools };
}

async function findJava(): Promise<string> {
  const home = process.env.JAVA_HOME;
  const java = home === undefined || home === "" ? "java" : join(home, "bin", "java");
  const remedy = `Java contracts need Java ${JAVA_MIN} or newer, a runtime is enough (Debian: openjdk-17-jre-headless)`;
  let text: string;
  try {
    // It answers on standard error.
    text = (await run(java, ["-version"])).stderr;
  } catch {
    throw new ToolchainMissing(`there is no ${java}: ${remedy}`);
  }
  const version = /version "(\d+)/.exec(text)?.[1];
  if (version === undefined || Number(version) < JAVA_MIN) {
    throw new ToolchainMissing(`${java} is ${version ?? "of an unknown version"}: ${remedy}`);
  }
  return java;
}

type Hashes = Readonly<{ [jar: string]: string }>;

function lockedJars(): Hashes {
  return JSON.parse(readFileSync(join(SDK, "jars.json"), "utf8")) as Hashes;
}

function sha256(bytes: Uint8Array | string): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** What is wrong with the jars of a folder, one line each. */
function wrongJars(folder: string, locked: Hashes): string[] {
  return Object.entries(locked).flatMap(([name, expected]) => {
    const path = join(folder, name);
    if (!existsSync(path)) return [`${name} is missing`];
    const actual = sha256(readFileSync(path));
    return actual === expected ? [] : [`${name} has SHA-256 ${actual}, not ${expected}`];
  });
}

async function ensureJars(
  cache: string,
  progress: (text: string) => void,
): Promise<readonly string[]> {
  const locked = lockedJars();
  const folder = join(cache, `jars-${sha256(JSON.stringify(locked)).slice(0, 16)}`);
  if (wrongJars(folder, locked).length > 0) {
    progress(`bringing ${Object.keys(locked).length} jars of TeaVM and ecj by Maven`);
    const isGood = (): boolean => wrongJars(folder, locked).length === 0;
    await fillFolder(folder, isGood, async (target) => {
      await copyJars(target);
      const wrong = wrongJars(target, locked);
      if (wrong.length > 0) {
        throw new Error(`jars are not those of sdk-langs/java/jars.json:\n${wrong.join("\n")}`);
      }
    });
  }
  return Object.keys(locked).map((name) => join(folder, name));
}

async function copyJars(folder: string): Promise<void> {
  try {
    await run("mvn", ["--version"]);
  } catch {
    throw new ToolchainMissing(
      "there is no mvn: the first Java contract needs Maven to bring the compilers (Debian: maven)",
    );
  }
  const args = ["-q", "-B", "-f", join(SDK, "pom.xml"), COPY_JARS, `-DoutputDirectory=${folder}`];
  try {
    await run("mvn", args, { timeout: DOWNLOAD_TIMEOUT_MS });
  } catch (error) {
    const { stdout = "" } = error as { readonly stdout?: string };
    throw new ToolchainMissing(
      `Maven did not bring the jars; it reads mirrors from its settings.xml:\n${stdout.trim()}`,
      { cause: error },
    );
  }
}

async function ensureTools(
  java: string,
  jars: readonly string[],
  cache: string,
  progress: (text: string) => void,
): Promise<string> {
  const sources = javaSources("build");
  const key = sha256(
    sources.map((path) => sha256(readFileSync(join(SDK, path)))).join() + jars.join(),
  );
  const folder = join(cache, `tools-${key.slice(0, 16)}`);
  if (existsSync(folder)) return folder;
  progress("compiling the build tools");
  const isGood = (): boolean => existsSync(folder);
  await fillFolder(folder, isGood, async (target) => {
    const paths = sources.map((path) => join(SDK, path));
    await runEcj(java, jars, ["-cp", classPath(jars), "-d", target, ...paths]);
    const patch = ["-cp", classPath([target, ...jars]), "org.delchain.build.PatchTeaVm", target];
    await run(java, patch, { timeout: TOOLS_TIMEOUT_MS });
  });
  return folder;
}

/**
 * The SDK as a jar, with the memory host of tests and the annotation processor: what editors and Maven read. Throws as
 * `javaToolchain` does.
 */
export async function sdkJar(options: ToolchainOptions = {}): Promise<string> {
  const { cache = DEFAULT_CACHE } = options;
  const { java, jars, tools } = await javaToolchain(options);
  const sources = [...javaSources("src"), ...javaSources("test-kit")];
  const key = sha256(
    [tools, ...sources.map((path) => sha256(readFileSync(join(SDK, path))))].join(),
  );
  const folder = join(cache, `sdk-${key.slice(0, 16)}`);
  const jar = join(folder, "delchain-contracts.jar");
  if (existsSync(jar)) return jar;
  await fillFolder(
    folder,
    () => existsSync(jar),
    async (target) => {
      const classes = join(target, "classes");
      const processor = "build/org/delchain/build/ContractProcessor.java";
      const paths = [...sources, processor].map((path) => join(SDK, path));
      await runEcj(java, jars, ["-sourcepath", join(SDK, "build"), "-d", classes, ...paths]);
      const pack = [
        "-cp",
        tools,
        "org.delchain.build.SdkJar",
        classes,
        join(target, basename(jar)),
      ];
      await run(java, pack, { timeout: TOOLS_TIMEOUT_MS });
    },
  );
  return jar;
}

async function runEcj(
  java: string,
  jars: readonly string[],
  args: readonly string[],
): Promise<void> {
  const compiler = jars.find((jar) => /[/\\]ecj-/.test(jar)) as string;
  const flags = ["-17", "-nowarn", "-proc:none", "-parameters", "-encoding", "UTF-8"];
  await run(java, ["-jar", compiler, ...flags, ...args], { timeout: TOOLS_TIMEOUT_MS });
}

/** Name and version of the parts that decide the bytes. */
export function javaTools(): Readonly<Record<string, string>> {
  const jars = Object.keys(lockedJars());
  return Object.fromEntries(
    ["ecj", "teavm-tooling"].map((name) => {
      const jar = jars.find((path) => path.startsWith(`${name}-`)) ?? "";
      return [name, jar.slice(name.length + 1, -".jar".length)];
    }),
  );
}

/** Every file of the SDK that decides the bytes, by path in the SDK. */
export function javaInputs(): readonly string[] {
  return ["jars.json", ...(["build", "src", "wasm"] as const).flatMap(javaSources)];
}

/** The Java sources of one of the SDK's folders, sorted, by path in the SDK. */
export function javaSources(folder: "build" | "src" | "test-kit" | "wasm"): readonly string[] {
  return globSync(`${folder}/**/*.java`, { cwd: SDK })
    .map((path) => path.replaceAll("\\", "/"))
    .sort();
}

export function classPath(entries: readonly string[]): string {
  return entries.join(process.platform === "win32" ? ";" : ":");
}

/**
 * Fills a folder beside and moves it into place as a whole, because builds run beside each other; one that is there and
 * good stays, because somebody may be using it.
 */
async function fillFolder(
  folder: string,
  isGood: () => boolean,
  fill: (target: string) => Promise<void>,
): Promise<void> {
  const target = `${folder}.${randomUUID()}`;
  mkdirSync(target, { recursive: true });
  try {
    await fill(target);
    if (existsSync(folder) && !isGood()) rmSync(folder, { recursive: true, force: true });
    if (!existsSync(folder)) renameSync(target, folder);
  } catch (error) {
    // Between the look and the move somebody else was quicker.
    if (!(existsSync(folder) && isGood())) throw error;
  } finally {
    rmSync(target, { recursive: true, force: true });
  }
}
