import { mkdtemp, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DEFAULT_CACHE } from "../build.ts";
import { downloadPackages } from "../debian/packages.ts";
import { PHP_PACKAGES, phpImage } from "../php/image.ts";
import { unpackImage } from "./unpackImage.ts";

/** The PHP image's files in a temporary folder, to be run without a container engine. */
export type PhpRoot = {
  readonly folder: string;
  /** The command that serves a contract of the image. */
  command(main: string): readonly string[];
};

/** Unpacks the PHP image with these contracts. Throws `Unavailable` where Debian's packages are not at hand. */
export async function unpackPhp(contracts: readonly URL[]): Promise<PhpRoot> {
  const cache = join(DEFAULT_CACHE, "debian");
  const packages = await downloadPackages(PHP_PACKAGES, cache, () => undefined);
  const sources: Record<string, string> = {};
  for (const url of contracts) {
    sources[url.pathname.split("/").at(-1) ?? ""] = await readFile(url, "utf8");
  }
  const image = await phpImage(packages, { sources, main: "Token.php" });
  const folder = await mkdtemp(join(tmpdir(), "delchain-php-"));
  await unpackImage(image, folder);
  const at = (path: string): string => join(folder, path);
  // The image's own loader, so that no library of the machine is used.
  const loader = [at("lib64/ld-linux-x86-64.so.2"), "--library-path", at("lib/x86_64-linux-gnu")];
  const extensions = `extension_dir=${at("usr/lib/php/20220829")}`;
  const php = [...loader, at("usr/bin/php"), "-c", at("app/php.ini"), "-d", extensions];
  return {
    folder,
    command: (main) => [...php, at("app/launcher.php"), at(`app/contract/${main}`)],
  };
}
