import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { Isolation } from "@delchain/runtime";
import { cImage } from "./c/image.ts";
import { foreignPackages } from "./debian/lock.ts";
import { type DownloadedPackage, downloadPackages } from "./debian/packages.ts";
import { WRITER } from "./inputs.ts";
import { javaImage } from "./java/image.ts";
import { openJavaRuntime } from "./java/runtime.ts";
import { NODE_LOCK, NODE_PACKAGES, nodeImage } from "./node/image.ts";
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
      const packages = await debianPackages(PHP_PACKAGES, PHP_LOCK, cache, progress);
      const source = (await contract("php/Token.php")).toString();
      return phpImage(packages, { main: "Token.php", sources: { "Token.php": source } });
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
      const runtime = await openJavaRuntime(cache, progress);
      progress("compiling the contract");
      const source = (await contract("java/Token.java")).toString();
      return javaImage(runtime, { main: "TokenProgram", sources: { "Token.java": source } });
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
      const packages = await debianPackages(NODE_PACKAGES, NODE_LOCK, cache, progress);
      const source = (await contract("container-node/token.ts")).toString();
      const token = { main: "token.ts", sources: { "token.ts": source } };
      return nodeImage(packages, token);
    },
  },
];

/** Packages by apt's signed index; `progress` hears which are not those of the published digest. */
async function debianPackages(
  names: readonly string[],
  lock: string,
  cache: string,
  progress: (text: string) => void,
): Promise<readonly DownloadedPackage[]> {
  progress("downloading packages of Debian");
  const packages = await downloadPackages(names, `${cache}/debian`, progress);
  for (const difference of await foreignPackages(lock, packages)) progress(difference);
  return packages;
}
