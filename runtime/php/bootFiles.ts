import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Unavailable } from "../types/errors.ts";
import { PHP_MEMORY_LIMIT } from "./limits.ts";

const SDK_FOLDER: string = fileURLToPath(new URL("../../sdk-langs/php/", import.meta.url));
/** Of the SDK, what this tier loads: what both tiers share, and its own binding. */
const SDK_PARTS = ["src", "wasm"] as const;

/** Where the interpreter finds its settings and its first script. */
export const INI_PATH = "/php.ini";
export const SCRIPT_PATH = "/boot.php";

/** What the machine would decide is decided here; the rest is PHP's default. */
const INI = `; The interpreter of contracts: no file, no other program, one zone, and errors as text.
memory_limit=${PHP_MEMORY_LIMIT}
error_reporting=E_ALL
display_errors=1
display_startup_errors=1
html_errors=0
log_errors=0
date.timezone=UTC
default_charset=UTF-8
opcache.enable=0
enable_dl=0
allow_url_fopen=0
phar.readonly=1
variables_order=""
auto_globals_jit=1
expose_php=0
disable_functions="exec,passthru,shell_exec,system,proc_open,popen,pcntl_exec,mail,dl,putenv"
disable_classes="Fiber"
`;

/** The files of a booting interpreter, by path. */
export type BootFiles = ReadonlyMap<string, Uint8Array>;

/** Reads the SDK of this repository. Throws `Unavailable` unless the boot files have this SHA-256. */
export function loadBootFiles(sha256: string): BootFiles {
  const files = readBootFiles();
  const found = hashBootFiles(files);
  if (found === sha256) return files;
  throw new Unavailable(
    "php",
    `the PHP SDK of this node has SHA-256 ${found}; this chain runs ${sha256}. Check out the version that the chain runs`,
  );
}

export function readBootFiles(): BootFiles {
  const classes = SDK_PARTS.flatMap((part) =>
    readdirSync(`${SDK_FOLDER}${part}`)
      .filter((name) => name.endsWith(".php"))
      .map((name): [string, Uint8Array] => [
        `/sdk/${name}`,
        readFileSync(`${SDK_FOLDER}${part}/${name}`),
      ]),
  ).sort(([left], [right]) => (left < right ? -1 : 1));
  const text = new TextEncoder();
  return new Map([
    [INI_PATH, text.encode(INI)],
    [SCRIPT_PATH, text.encode(script(classes.map(([path]) => path)))],
    ...classes,
  ]);
}

/** Over each path and content, so that neither can be mistaken for the other. */
export function hashBootFiles(files: BootFiles): string {
  const hash = createHash("sha256");
  for (const [path, content] of files) {
    const sum = createHash("sha256").update(content).digest("hex");
    hash.update(`${path} ${sum}\n`);
  }
  return hash.digest("hex");
}

/** Loads every class, in whichever order they need one another. Printing once sends PHP's headers before any call. */
function script(paths: readonly string[]): string {
  return `<?php
$load = static function (string $class): void {
    require_once '/sdk/' . substr($class, strlen('DelChain\\\\')) . '.php';
};
spl_autoload_register($load);
foreach (${phpList(paths)} as $path) {
    require_once $path;
}
spl_autoload_unregister($load);
unset($load, $path);
echo "\\n";
DelChain\\Guest::ready();
`;
}

function phpList(paths: readonly string[]): string {
  return `[${paths.map((path) => `'${path}'`).join(", ")}]`;
}
