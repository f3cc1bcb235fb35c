import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** Inputs of an SDK are named by its package, `@delchain/c/delchain.h`, wherever it is installed. */
const SDK_NAME = /^(@delchain\/[a-z]+)\/(.+)$/;

/** Whether an input comes with the toolchain itself. */
export function isOfSdk(name: string): boolean {
  return SDK_NAME.test(name);
}

/** The folder of an SDK's package. */
export function sdkFolder(name: string): string {
  return dirname(fileURLToPath(import.meta.resolve(name)));
}

/**
 * A file that a build took in, by its name: a path in the project, a path in a package of ours, or one in the
 * `node_modules` of the project and the folders above it. `undefined` when it is gone.
 */
export function readInput(root: string, name: string): Uint8Array | undefined {
  const path = inputPath(root, name);
  return path === undefined ? undefined : readFileSync(path);
}

export function readInputText(root: string, name: string): string | undefined {
  const bytes = readInput(root, name);
  return bytes === undefined ? undefined : new TextDecoder().decode(bytes);
}

function inputPath(root: string, name: string): string | undefined {
  const [, sdk, path] = SDK_NAME.exec(name) ?? [];
  if (sdk !== undefined && path !== undefined) {
    const inSdk = join(sdkFolder(sdk), path);
    return existsSync(inSdk) ? inSdk : undefined;
  }
  const own = join(root, name);
  if (existsSync(own)) return own;
  for (let folder = root; ; folder = dirname(folder)) {
    // What only packages import pnpm links in its store.
    for (const packages of ["node_modules", "node_modules/.pnpm/node_modules"]) {
      const installed = join(folder, packages, name);
      if (existsSync(installed)) return installed;
    }
    if (folder === dirname(folder)) return undefined;
  }
}

/** Names of the files of an SDK's folder, sorted. */
export function sdkInputs(sdk: string, folder: string, ending: string): readonly string[] {
  return readdirSync(join(sdkFolder(sdk), folder))
    .filter((file) => file.endsWith(ending) && !file.endsWith(".test.ts"))
    .sort()
    .map((file) => `${sdk}/${folder === "" ? "" : `${folder}/`}${file}`);
}

/** Text of a file of the project. Throws an `Error` that names a file that is gone. */
export function readSource(root: string, path: string): string {
  const text = readInputText(root, path);
  if (text === undefined) throw new Error(`${join(root, path)} cannot be read`);
  return text;
}

export function sha256(bytes: Uint8Array | string): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** The version of an npm package that compiles; `undefined` when it is not installed. */
export function installedVersion(name: string): string | undefined {
  for (let folder = import.meta.dirname; ; folder = dirname(folder)) {
    const file = join(folder, "node_modules", name, "package.json");
    if (existsSync(file)) {
      return (JSON.parse(readFileSync(file, "utf8")) as { readonly version: string }).version;
    }
    if (folder === dirname(folder)) return undefined;
  }
}
