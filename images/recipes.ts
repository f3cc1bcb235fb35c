import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { cImage } from "./c/image.ts";
import { foreignPackages } from "./debian/lock.ts";
import { downloadPackages } from "./debian/packages.ts";
import { unpackPackages } from "./debian/unpack.ts";
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
    inputs: [`${CONTRACTS}/container-c/token`, "images/c/image.ts", WRITER],
    build: async () => cImage(await contract("container-c/token")),
  },
  {
    name: "wasi",
    inputs: [`${CONTRACTS}/container-wasi/token.wasm`, "images/wasi/image.ts", WRITER],
    build: async () => wasiImage(await contract("container-wasi/token.wasm")),
  },
  {
    name: "php",
    inputs: [
      `${CONTRACTS}/php/Token.php`,
      "images/php",
      "images/debian",
      "sdk-langs/php/src",
      "sdk-langs/php/container",
      WRITER,
    ],
    build: async ({ cache, progress }) => {
      progress("downloading packages of Debian");
      const packages = await downloadPackages(PHP_PACKAGES, `${cache}/debian`, progress);
      for (const difference of await foreignPackages(PHP_LOCK, packages)) progress(difference);
      progress("unpacking them");
      const unpacked = await unpackPackages(packages);
      const source = (await contract("php/Token.php")).toString();
      return phpImage(unpacked, { main: "Token.php", sources: { "Token.php": source } });
    },
  },
];
