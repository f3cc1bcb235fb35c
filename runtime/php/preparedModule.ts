import { createHash, randomUUID } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { InvalidInput, Unavailable } from "../types/errors.ts";
import {
  INJECTOR_VERSION,
  instrument,
  instrumentForProfile,
} from "../wasm/instrument/instrument.ts";
import type { InstrumentPolicy } from "../wasm/instrument/policy.ts";
import { TRANSACTION_PAGES } from "../wasm/limits.ts";
import { WEIGHTS } from "../wasm/weights.ts";
import { checkSystemBoundary } from "./imports.ts";
import { shapeInterpreter } from "./interpreterModule.ts";
import { readInterpreter } from "./interpreterPackage.ts";
import { INTERPRETER_LIMITS, INTERPRETER_PAGES } from "./limits.ts";
import { EXECUTE_LOOP } from "./phpMemory.ts";
import { markWrittenPages } from "./writtenPages.ts";

/** Where instrumented interpreters lie: no part of the repository, and made again when it is lost. */
export const DEFAULT_CACHE: string = fileURLToPath(new URL("../../.cache/php/", import.meta.url));

const HASH_BYTES = 32;
/** Part of consensus: changes with what is done to the interpreter beside instrumentation. */
const SHAPE_VERSION = 3;

const POLICY: InstrumentPolicy = {
  limits: INTERPRETER_LIMITS,
  weights: WEIGHTS,
  transactionPages: TRANSACTION_PAGES,
  checkBoundary: checkSystemBoundary,
};

/**
 * The interpreter with this SHA-256, instrumented: 1.3 s the first time, then a file that is verified when it is
 * read. One that is profiled tells what its loop does, and counts the same gas. Throws `Unavailable` when the package is
 * not there.
 */
export function prepareInterpreter(
  sha256: string,
  cache: string = DEFAULT_CACHE,
  { isProfiled = false }: { readonly isProfiled?: boolean } = {},
): Uint8Array {
  const path = join(cache, `${cacheKey(sha256)}${isProfiled ? "-profiled" : ""}.wasm`);
  const known = readCached(path);
  if (known !== undefined) return known;
  const instrumented = instrumentInterpreter(readInterpreter(sha256), isProfiled);
  writeCached(path, instrumented);
  return instrumented;
}

/** A refusal here is this node's trouble and no contract's result. */
function instrumentInterpreter(module: Uint8Array, isProfiled: boolean): Uint8Array {
  try {
    const shaped = shapeInterpreter(module);
    const instrumented = isProfiled
      ? instrumentForProfile(shaped, POLICY, EXECUTE_LOOP).module
      : instrument(shaped, POLICY);
    return markWrittenPages(instrumented);
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    throw new Unavailable("php", `the interpreter cannot be run: ${error.message}`, {
      cause: error,
    });
  }
}

/** All that decides the instrumented bytes. */
function cacheKey(sha256: string): string {
  const inputs = [sha256, INJECTOR_VERSION, SHAPE_VERSION, INTERPRETER_PAGES, WEIGHTS];
  return createHash("sha256").update(JSON.stringify(inputs)).digest("hex");
}

/** `undefined` for a file that is missing, or is not what was written. */
function readCached(path: string): Uint8Array | undefined {
  let file: Buffer;
  try {
    file = readFileSync(path);
  } catch {
    return undefined;
  }
  const module = file.subarray(HASH_BYTES);
  return sha256Of(module).equals(file.subarray(0, HASH_BYTES)) ? module : undefined;
}

/** Beside the file and renamed. A folder that cannot be written costs the next start its time and nothing else. */
function writeCached(path: string, module: Uint8Array): void {
  const temporary = `${path}.${randomUUID()}.new`;
  try {
    mkdirSync(join(path, ".."), { recursive: true });
    writeFileSync(temporary, Buffer.concat([sha256Of(module), module]));
    renameSync(temporary, path);
  } catch {
    removeHalf(temporary);
  }
}

/** Where nothing can be written there may be nothing to remove either. */
function removeHalf(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // It stays as the folder's owner left it.
  }
}

function sha256Of(bytes: Uint8Array): Buffer {
  return createHash("sha256").update(bytes).digest();
}
