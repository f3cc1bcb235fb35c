import { mkdtemp, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DEFAULT_CACHE } from "../build.ts";
import { downloadPackages } from "../debian/packages.ts";
import { NODE_PACKAGES, nodeEntrypoint, nodeImage } from "../node/image.ts";
import { unpackImage } from "./unpackImage.ts";

/** The Node image's files in a temporary folder, to be run without a container engine. */
export type NodeRoot = {
  readonly folder: string;
  /** The command that serves a contract of the image. */
  command(main: string): readonly string[];
};

/** Unpacks the Node image with these contracts. Throws `Unavailable` where Debian's packages are not at hand. */
export async function unpackNode(contracts: readonly URL[]): Promise<NodeRoot> {
  const cache = join(DEFAULT_CACHE, "debian");
  const packages = await downloadPackages(NODE_PACKAGES, cache, () => undefined);
  const sources: Record<string, string> = {};
  for (const url of contracts) {
    sources[url.pathname.split("/").at(-1) ?? ""] = await readFile(url, "utf8");
  }
  const image = await nodeImage(packages, { sources, main: "token.ts" });
  const folder = await mkdtemp(join(tmpdir(), "delchain-node-"));
  await unpackImage(image, folder);
  return { folder, command: (main) => nodeEntrypoint(`${folder}/`, main) };
}
