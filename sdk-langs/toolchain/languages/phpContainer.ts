import { readFileSync } from "node:fs";
import { join } from "node:path";
import { basename } from "node:path/posix";
import { DEFAULT_CACHE, downloadPackages, PHP_PACKAGES, phpImage } from "@delchain/images";
import { containerContract } from "../containerContract.ts";
import { containerFlags } from "../containerOptions.ts";
import { sdkInputs } from "../input.ts";
import { composerInputs } from "../php/composer.ts";
import { describeJoined } from "../php/describeJoined.ts";
import { joinPhp } from "../php/joinPhp.ts";
import { isPhpContract } from "../php/phpContract.ts";
import { phpTools } from "../php/phpEngine.ts";
import { phpUnit } from "../php/phpUnit.ts";
import { vendorFiles } from "../php/vendorFiles.ts";
import type {
  CompileRequest,
  CompileResult,
  ManifestNeeds,
  Toolchain,
  Tools,
} from "../toolchain.ts";

const MANIFEST: ManifestNeeds = { resources: "medium", isolation: "fork", determinism: "strict" };

/**
 * PHP in a container: Debian's PHP and the files of a contract, found as in the wasm tier, with Composer's `vendor` as it
 * is. The ABI comes from the interpreter of the wasm tier, so building needs no PHP.
 */
export const phpContainer: Toolchain = {
  language: "php",
  tier: "container",
  manifest: MANIFEST,
  endings: [".php", "composer.json", "installed.json"],
  isContract: isPhpContract,
  tools,
  flags: containerFlags,
  units: (sources) => sources.map((source) => [source]),
  compile,
  unitTests: phpUnit,
};

/** Packages are downloaded once and looked for each time, since Debian mends them. */
async function tools(): Promise<Tools> {
  const packages = await downloadPackages(PHP_PACKAGES, packageCache(), () => undefined);
  const versions = packages.map(({ name, version }) => [name, version] as const).sort();
  return { ...phpTools(), ...Object.fromEntries(versions) };
}

function packageCache(): string {
  return join(DEFAULT_CACHE, "debian");
}

async function compile({ root, sources, progress }: CompileRequest): Promise<CompileResult> {
  const [main = ""] = sources;
  progress(`php: ${main}`);
  const { files } = joinPhp(root, main, "container");
  const { abi } = describeJoined({ files });
  const vendor = vendorFiles(root);
  const packages = await downloadPackages(PHP_PACKAGES, packageCache(), progress);
  progress("putting the image together");
  const name = basename(main, ".php");
  const contract = await containerContract({
    root,
    name,
    abi,
    image: await phpImage(packages, {
      main,
      sources: Object.fromEntries([
        ...vendor.map((path) => [path, readFileSync(join(root, path))] as const),
        ...[...files].map(([path, { text }]) => [path, text] as const),
      ]),
      autoload: {
        classes: Object.fromEntries(
          [...files].flatMap(([path, { classes }]) => classes.map((one) => [one, path])),
        ),
        files: [...files].flatMap(([path, { classes }]) => (classes.length === 0 ? path : [])),
      },
    }),
    manifest: MANIFEST,
  });
  const inputs = [
    ...new Set([...files.keys(), ...vendor, ...composerInputs(root)]),
    ...["src", "container"].flatMap((part) => sdkInputs("@delchain/php", part, ".php")),
  ];
  return { contracts: [{ name, source: main, abi, ...contract, inputs }], warnings: [] };
}
