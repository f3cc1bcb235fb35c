import { copyFileSync, mkdirSync } from "node:fs";
import { basename, join } from "node:path";
import { dirname } from "node:path/posix";
import { packageOf, sdkJar, ToolchainMissing } from "@delchain/java";
import { OUT } from "./buildOutput.ts";
import type { ReadSource } from "./diagnostic.ts";
import { readInputText, readSource } from "./input.ts";
import { filesBeside } from "./projectFiles.ts";

/**
 * The sources that make one contract: its own, and all others below the folder that its package begins in, except
 * other contracts.
 */
export function javaProgram(root: string, source: string): Readonly<Record<string, string>> {
  const files = filesBeside(root, sourceFolder(source, readSource(root, source)), ".java").map(
    (path): readonly [string, string] => [path, readSource(root, path)],
  );
  return Object.fromEntries(
    files.filter(([path, text]) => path === source || !/^@Contract\b/m.test(text)),
  );
}

/** `contracts` of a `contracts/gold/Token.java` in the package `gold`. */
function sourceFolder(source: string, text: string): string {
  const folder = dirname(source);
  const inside = packageOf(text).replaceAll(".", "/");
  if (inside === "" || !folder.endsWith(inside)) return folder;
  return folder.slice(0, -inside.length).replace(/\/$/, "") || ".";
}

/** Finds sources by what compilers know them by: the whole path, or the file's name alone. */
export function javaReader(
  root: string,
  sources: readonly string[],
): { readonly name: (file: string) => string; readonly read: ReadSource } {
  return {
    name: (file) => sources.find((path) => path === file || path.endsWith(`/${file}`)) ?? file,
    read: (file) => readInputText(root, file),
  };
}

/** Puts the SDK beside a project's outputs, where its `pom.xml` has it on the class path of editors. */
export async function writeSdkJar(root: string, progress: (text: string) => void): Promise<void> {
  try {
    const jar = await sdkJar({ progress });
    mkdirSync(join(root, OUT), { recursive: true });
    copyFileSync(jar, join(root, OUT, basename(jar)));
  } catch (error) {
    // A container's contract compiles without Maven; only an editor misses the jar.
    if (!(error instanceof ToolchainMissing)) throw error;
    progress(error.message);
  }
}
