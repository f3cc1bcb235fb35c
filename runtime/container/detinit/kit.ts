import { createHash } from "node:crypto";
import { closeSync, openSync, writeSync } from "node:fs";
import { chmod, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { fromHex } from "../../types/bytes.ts";
import { Unavailable } from "../../types/errors.ts";
import type { CallStart } from "../driver.ts";
import type { Perturbation } from "../perturbation.ts";

/** The program in the repository, compiled from the sources beside it (`npm run build:images-artefacts`). */
const DETINIT: string = fileURLToPath(new URL("./detinit", import.meta.url));
/** Of that program: hosts with another one would answer contracts otherwise. */
const DETINIT_SHA256 = "2e887b746a8d7d3708f48e767ccde423e029fa8679a6b6fe9d1ff2006a7853ee";

const PROGRAM_NAME = "detinit";
const RECORD_NAME = "call";
/** `u64 exchange | u64 timestamp | seed | u64 exchange` (PROTOCOL.md, "Strict determinism"). */
const RECORD_BYTES = 56;

/** What detinit itself gives otherwise. */
export const KIT_PERTURBATIONS: readonly Perturbation[] = [
  "time",
  "random",
  "pid",
  "directoryOrder",
  "memoryLayout",
];

/** The record through which a running detinit learns of each call. */
export type CallRecord = {
  /** Synchronous: what is sent to the program after it cannot overtake it. Throws `Unavailable`. */
  write(call: CallStart): void;
  close(): void;
};

/** Puts detinit and its record into a directory that is bound into a container. Throws `Unavailable`. */
export async function installKit(directory: string): Promise<CallRecord> {
  try {
    const program = await readFile(DETINIT);
    const found = createHash("sha256").update(program).digest("hex");
    if (found !== DETINIT_SHA256) {
      throw new Error(`it is ${found} and not ${DETINIT_SHA256}. Check out the repository anew`);
    }
    await writeFile(join(directory, PROGRAM_NAME), program, { mode: 0o755 });
    const path = join(directory, RECORD_NAME);
    await writeFile(path, new Uint8Array(RECORD_BYTES));
    await chmod(path, 0o644);
    return openRecord(path);
  } catch (error) {
    throw new Unavailable("detinit", `the determinism kit: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

/** The command that runs `entrypoint` under a kit that is found at `directory`. */
export function supervised(
  entrypoint: readonly string[],
  directory: string,
  perturbations: readonly Perturbation[] = [],
): readonly string[] {
  const names = perturbations.map((name) => `${name},`).join("");
  return [`${directory}/${PROGRAM_NAME}`, `${directory}/${RECORD_NAME}`, names, ...entrypoint];
}

function openRecord(path: string): CallRecord {
  let file: number | undefined = openSync(path, "r+");
  return {
    write(call) {
      // The container is gone, and its number may be another file's by now.
      if (file === undefined) throw new Unavailable("detinit", "the container has ended");
      try {
        writeSync(file, encodeRecord(call), 0, RECORD_BYTES, 0);
      } catch (error) {
        throw new Unavailable("detinit", `the call's record: ${(error as Error).message}`, {
          cause: error,
        });
      }
    },
    close() {
      if (file !== undefined) closeSync(file);
      file = undefined;
    },
  };
}

function encodeRecord({ exchange, timestamp, seed }: CallStart): Uint8Array {
  const bytes = new Uint8Array(RECORD_BYTES);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, exchange);
  view.setBigUint64(8, timestamp);
  bytes.set(fromHex(seed), 16);
  view.setBigUint64(48, exchange);
  return bytes;
}
