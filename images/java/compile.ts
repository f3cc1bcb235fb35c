import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import type { ImageEntry } from "../writer/entries.ts";
import { filesBelow, JAVAC_OPTIONS, type JavaRuntime, PROCESSOR } from "./runtime.ts";
import { runTool } from "./tools.ts";

/** Where a contract's classes lie in the image. */
const CONTRACT_FOLDER = "app/contract";

/**
 * A contract in Java: sources by their path below the source folder, and the class that is its `Program`. For a class `Token`
 * with the SDK's annotations that is `TokenProgram`, which the SDK writes.
 */
export type JavaContract = {
  readonly sources: Readonly<Record<string, string>>;
  readonly main: string;
};

/** What the SDK's annotations say of a contract; a `Program` of its own has no ABI. */
export type CompiledJava = {
  readonly classes: readonly ImageEntry[];
  readonly abi: unknown;
};

/**
 * Compiles a contract and holds it to what contracts may use. Throws `InvalidInput` with the compiler's words, or the
 * verifier's: class, method, file and line of each refusal, and what to write instead.
 */
export async function compileJava(
  runtime: JavaRuntime,
  { sources }: JavaContract,
): Promise<CompiledJava> {
  const folder = await mkdtemp(join(tmpdir(), "delchain-javac-"));
  try {
    const classes = await compileClasses(runtime, sources, folder);
    await cp(runtime.sdk, classes, { recursive: true });
    await verifyClasses(runtime, classes);
    const files = (await filesBelow(classes)).filter((file) => file.endsWith(".class"));
    return {
      classes: await Promise.all(files.map((file) => classEntry(classes, file))),
      abi: await readAbi(classes),
    };
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Compiles sources below an empty folder; returns the folder of their classes, without the SDK's. */
export async function compileClasses(
  { jdk, module, sdk, processor }: JavaRuntime,
  sources: JavaContract["sources"],
  folder: string,
): Promise<string> {
  const from = join(folder, "sources");
  const to = join(folder, "classes");
  await mkdir(to);
  for (const [path, text] of Object.entries(sources)) {
    await mkdir(dirname(join(from, path)), { recursive: true });
    await writeFile(join(from, path), text);
  }
  await runTool(join(jdk.home, "bin/javac"), [
    ...JAVAC_OPTIONS,
    `--class-path=${module}:${sdk}`,
    `--processor-path=${processor}`,
    "-processor",
    PROCESSOR,
    "-Atier=container",
    "-d",
    to,
    ...(await filesBelow(from)),
  ]);
  return to;
}

/** Runs the verifier as every container does before it says HELLO. Throws `InvalidInput` with its refusals. */
export async function verifyClasses({ jdk, module }: JavaRuntime, classes: string): Promise<void> {
  const verifier = ["-cp", module, "org.delchain.container.Verifier", classes];
  await runTool(join(jdk.home, "bin/java"), verifier);
}

async function readAbi(folder: string): Promise<unknown> {
  const text = await readFile(join(folder, "contract.json"), "utf8").catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as { readonly abi: unknown }).abi;
}

async function classEntry(folder: string, file: string): Promise<ImageEntry> {
  const path = `${CONTRACT_FOLDER}/${relative(folder, file)}`;
  return { kind: "file", path, mode: 0o644, data: await readFile(file) };
}
