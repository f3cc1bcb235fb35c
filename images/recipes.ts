import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Isolation } from "@delchain/runtime";
import { cImage } from "./c/image.ts";
import { foreignPackages } from "./debian/lock.ts";
import { downloadPackages } from "./debian/packages.ts";
import { type UnpackedFiles, unpackPackages } from "./debian/unpack.ts";
import { javaImage } from "./java/image.ts";
import { openJdk } from "./java/jdk.ts";
import { buildJavaRuntime } from "./java/runtime.ts";
import { NODE_LOCK, NODE_PACKAGES, nodeImage } from "./node/image.ts";
import { nodeProgram } from "./node/program.ts";
import { PHP_LOCK, PHP_PACKAGES, phpImage } from "./php/image.ts";
import { wasiImage } from "./wasi/image.ts";
import type { ImageSource } from "./writer/image.ts";

export type RecipeContext = {
  /** Where downloads lie. */
  readonly cache: string;
  readonly progress: (text: string) => void;
};

/** How an image of the repository is made. */
export type Recipe = {
  readonly name: string;
  /** How its program keeps one call from the next. */
  readonly isolation: Isolation;
  /** Files and folders of the repository that decide the image's bytes. */
  readonly inputs: readonly string[];
  build(context: RecipeContext): Promise<ImageSource>;
};

const CONTRACTS = "apps/tour/contracts";
const WRITER = "images/writer";

function contract(path: string): Promise<Buffer> {
  return readFile(fileURLToPath(new URL(`../${CONTRACTS}/${path}`, import.meta.url)));
}

/** The tour's token in every language that runs in containers. */
export const RECIPES: readonly Recipe[] = [
  {
    name: "c",
    isolation: "fork",
    inputs: [`${CONTRACTS}/container-c/token`, "images/c/image.ts", WRITER],
    build: async () => cImage(await contract("container-c/token")),
  },
  {
    name: "wasi",
    isolation: "process",
    inputs: [`${CONTRACTS}/container-wasi/token.wasm`, "images/wasi/image.ts", WRITER],
    build: async () => wasiImage(await contract("container-wasi/token.wasm")),
  },
  {
    name: "php",
    isolation: "fork",
    inputs: [
      `${CONTRACTS}/php/Token.php`,
      "images/php",
      "images/debian",
      "sdk-langs/php/src",
      "sdk-langs/php/container",
      WRITER,
    ],
    build: async ({ cache, progress }) => {
      const unpacked = await debianFiles(PHP_PACKAGES, PHP_LOCK, cache, progress);
      const source = (await contract("php/Token.php")).toString();
      return phpImage(unpacked, { main: "Token.php", sources: { "Token.php": source } });
    },
  },
  {
    name: "java",
    isolation: "warm",
    inputs: [
      `${CONTRACTS}/java/Token.java`,
      "images/java",
      "images/debian",
      "sdk-langs/java/build",
      "sdk-langs/java/container",
      "sdk-langs/java/src",
      WRITER,
    ],
    build: async ({ cache, progress }) => {
      const jdk = await openJdk(cache, progress);
      progress("compiling and linking");
      const folder = await mkdtemp(join(tmpdir(), "delchain-java-"));
      try {
        const runtime = await buildJavaRuntime(jdk, folder);
        const source = (await contract("java/Token.java")).toString();
        return await javaImage(runtime, {
          main: "TokenProgram",
          sources: { "Token.java": source },
        });
      } finally {
        await rm(folder, { recursive: true });
      }
    },
  },
  {
    name: "node",
    isolation: "warm",
    inputs: [
      `${CONTRACTS}/container-node/token.ts`,
      "images/node",
      "images/debian",
      "sdk-langs/node",
      "package-lock.json",
      WRITER,
    ],
    build: async ({ cache, progress }) => {
      const unpacked = await debianFiles(NODE_PACKAGES, NODE_LOCK, cache, progress);
      const source = (await contract("container-node/token.ts")).toString();
      const token = { main: "token.ts", sources: { "token.ts": source } };
      return nodeImage(await nodeProgram(), unpacked, token);
    },
  },
];

/** Packages by apt's signed index, unpacked; `progress` hears which are not those of the published digest. */
async function debianFiles(
  names: readonly string[],
  lock: string,
  cache: string,
  progress: (text: string) => void,
): Promise<UnpackedFiles> {
  progress("downloading packages of Debian");
  const packages = await downloadPackages(names, `${cache}/debian`, progress);
  for (const difference of await foreignPackages(lock, packages)) progress(difference);
  progress("unpacking them");
  return unpackPackages(packages);
}
