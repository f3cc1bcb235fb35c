import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { Unavailable } from "../types/errors.ts";

/** The package that holds the interpreter, at the one version that a node takes it from. GPL: see NOTICE. */
export const PHP_PACKAGE = "@php-wasm/node-8-4";
export const PHP_PACKAGE_VERSION = "3.1.54";
/** SHA-256 of the interpreter in it. */
export const PHP_INTERPRETER_SHA256 =
  "ec17f3652f5b11a258e78e4ffde0db873bceebdb3c3d1492cf6862326f8aecce";
export const PHP_REMEDY = "npm install --include=optional";

const MODULE = "asyncify/8_4_25/php_8_4.wasm";

/** Whether the package is there at the right version; nothing of it is read. */
export function hasInterpreter(): boolean {
  const manifest = manifestPath();
  if (manifest === undefined) return false;
  const { version } = JSON.parse(readFileSync(manifest, "utf8")) as { version: string };
  return version === PHP_PACKAGE_VERSION;
}

/** What a node of a chain with PHP says when it cannot run it. */
export function noInterpreter(): Unavailable {
  return new Unavailable(
    "php",
    `this chain runs PHP, and the package ${PHP_PACKAGE} ${PHP_PACKAGE_VERSION} is not installed. Try: ${PHP_REMEDY}`,
  );
}

/** The interpreter's bytes. Throws `Unavailable`, which says what to do, unless they have this SHA-256. */
export function readInterpreter(sha256: string): Uint8Array {
  const manifest = manifestPath();
  if (manifest === undefined) throw noInterpreter();
  const bytes = readFileSync(join(dirname(manifest), MODULE));
  const found = createHash("sha256").update(bytes).digest("hex");
  if (found === sha256) return bytes;
  throw new Unavailable(
    "php",
    `the interpreter of ${PHP_PACKAGE} has SHA-256 ${found}; this chain runs ${sha256}. Try: ${PHP_REMEDY}`,
  );
}

function manifestPath(): string | undefined {
  try {
    return createRequire(import.meta.url).resolve(`${PHP_PACKAGE}/package.json`);
  } catch {
    return undefined;
  }
}
