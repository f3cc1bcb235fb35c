import { execFile } from "node:child_process";
import { existsSync, realpathSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, isAbsolute, join, relative, sep } from "node:path";
import type { Mistake } from "./mistake.ts";
import { packagePlace } from "./packagePlace.ts";

/**
 * What the type checker is told. `--lib` leaves out the browser and `--types` leaves out Node, so that what a contract
 * does not have is no name. A contract's tsconfig says the same to its editor.
 */
export const TYPESCRIPT_FLAGS: readonly string[] = [
  ...["--noEmit", "--pretty", "false", "--listFiles", "--skipLibCheck"],
  ...["--target", "esnext", "--lib", "esnext", "--module", "esnext"],
  ...["--moduleResolution", "bundler", "--allowImportingTsExtensions"],
  ...["--types", "@delchain/node/globals"],
  ...["--strict", "--noUncheckedIndexedAccess", "--erasableSyntaxOnly", "--verbatimModuleSyntax"],
];

/** A contract is checked in a second; a checker that takes this long is stuck. */
const CHECK_TIMEOUT_MS = 120_000;
const OUTPUT_BYTES_MAX = 16 * 1024 * 1024;
/** What TypeScript brings along itself. */
const OWN_LIBRARY = /\/lib(?:\.\w+)*\.d\.ts$/;
const PACKAGES = "node_modules/";
const LINE = /^(\S.*?)\((\d+),(\d+)\): error (?:TS\d+): (.+(?:\n {2}.+)*)$/gm;

export type TypeCheck = {
  readonly mistakes: readonly Mistake[];
  /** What was read for it, declarations of packages too: paths in the project, or behind `node_modules/`. */
  readonly files: readonly string[];
};

/**
 * What TypeScript's compiler has against a contract's own files, in a process of its own. Throws an `Error` with what it
 * said when that names no file.
 */
export async function checkTypes(root: string, main: string): Promise<TypeCheck> {
  const output = await runCompiler(root, ["--ignoreConfig", ...TYPESCRIPT_FLAGS, main]);
  const all = [...output.matchAll(LINE)].map(([, file = "", line, column, message = ""]) => ({
    file,
    line: Number(line),
    column: Number(column),
    message,
  }));
  const lines = output.split("\n").map((line) => line.trim());
  const files = new Set(lines.filter(isAbsolute).flatMap((path) => namesOf(root, path)));
  if (files.size === 0) throw new Error(output.trim());
  // The SDK's sources are checked where they are written, with Node's types.
  const mistakes = all.filter(({ file }) => !file.startsWith("..") && !file.includes(PACKAGES));
  return { mistakes, files: [...files] };
}

/** A file's name, and those of the descriptions by which it was found; none of what is ours or TypeScript's. */
function namesOf(root: string, path: string): readonly string[] {
  const own = relative(realpathSync(root), path).split(sep).join("/");
  if (OWN_LIBRARY.test(path)) return [];
  const name = packagePlace(own)?.slice(PACKAGES.length);
  if (name === undefined) return own.startsWith("../") || own.includes(PACKAGES) ? [] : [own];
  const packages = own.slice(0, -name.length);
  const parts = name.split("/");
  const folders = parts.map((_, depth) => parts.slice(0, depth).join("/"));
  const descriptions = folders.map((folder) => `${folder}/package.json`);
  const there = descriptions.filter((one) => existsSync(join(root, packages, one)));
  return [name, ...there];
}

function runCompiler(root: string, args: readonly string[]): Promise<string> {
  const folder = dirname(createRequire(import.meta.url).resolve("typescript/package.json"));
  const options = { cwd: root, timeout: CHECK_TIMEOUT_MS, maxBuffer: OUTPUT_BYTES_MAX };
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [join(folder, "bin/tsc"), ...args], options, (error, stdout) => {
      // It exits with 1 or 2 where it has found something.
      if (error && (error.killed || typeof error.code !== "number")) reject(error);
      else resolve(stdout);
    });
  });
}
