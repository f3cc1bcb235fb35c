import { existsSync, globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { findImage, imageNames } from "@delchain/images";
import {
  decodeEnvelope,
  fromHex,
  type ImageDigest,
  type Manifest,
  parseManifest,
} from "@delchain/runtime";
import { type BuildOutput, loadProject } from "@delchain/toolchain";
import { CommandError } from "../commandError.ts";
import { buildWithProgress } from "../commands/build.ts";
import { EXIT } from "../exitCodes.ts";
import type { CheckedContract } from "./checkContract.ts";
import { readAbi } from "./contractOf.ts";
import { projectRoot } from "./projectRoot.ts";

export type CheckTarget = CheckedContract & {
  /** Calls that its project is checked with. */
  readonly checks: readonly string[];
};

export type ProjectTargets = {
  readonly targets: readonly CheckTarget[];
  /** Contracts of tiers in which nothing can differ. */
  readonly others: readonly { readonly name: string; readonly tier: string }[];
};

/** Builds a project and finds its container contracts. Throws `CommandError` when it has no contract of that name. */
export async function projectTargets(
  folder: string | undefined,
  { contract }: { readonly contract?: string },
): Promise<ProjectTargets> {
  const root = projectRoot(folder);
  const { contracts } = await buildWithProgress(loadProject(root));
  const outputs = contracts.map(({ output }) => output);
  const chosen = outputs.filter(({ name }) => contract === undefined || name === contract);
  if (chosen.length === 0) {
    const names = outputs.map(({ name }) => name).join(", ");
    throw new CommandError(`the project has no contract ${contract}; it has ${names}`, EXIT.usage);
  }
  const { checks } = loadProject(root);
  const isHosted = ({ metadata }: BuildOutput): boolean => metadata.tier === "container";
  return {
    targets: chosen.filter(isHosted).map((output) => targetOf(root, output, checks)),
    others: chosen
      .filter((output) => !isHosted(output))
      .map(({ name, metadata: { tier } }) => ({ name, tier })),
  };
}

/** `checks` name a contract, `Token.transfer(…)`, where the project has several. */
function targetOf(root: string, output: BuildOutput, checks: readonly string[]): CheckTarget {
  const { name, abi, code, metadata } = output;
  const { payload } = decodeEnvelope(fromHex(code));
  const own = checks.flatMap((text) => {
    const [, of, call = ""] = /^(?:(\w+)\.)?(.+)$/s.exec(text) ?? [];
    return of === undefined || of === name ? [call] : [];
  });
  const files = Object.keys(metadata.sources).filter((file) => existsSync(join(root, file)));
  return { name, abi, manifest: parseManifest(payload), sources: texts(root, files), checks: own };
}

/** What an image does not say of itself. */
export type ImageFacts = {
  readonly abi?: string;
  readonly sources?: string;
  readonly isolation: Manifest["isolation"];
  readonly entrypoint?: string;
};

/** An image of the store, by its name or by its digest, with what was given beside it. */
export async function imageTarget(what: string, options: ImageFacts): Promise<CheckTarget> {
  const image = (await findImage(what)) ?? imageOf(what, options.entrypoint);
  const { sources: folder } = options;
  const files = folder === undefined ? [] : sourcesIn(folder);
  return {
    name: image.name,
    abi: options.abi === undefined ? [] : readAbi(options.abi),
    manifest: {
      name: "check",
      image: image.digest,
      platform: image.platform,
      entrypoint: image.entrypoint,
      resources: "large",
      payable: false,
      isolation: image.platform === "wasi/wasm" ? "process" : options.isolation,
      determinism: "standard",
      attestation: "identical",
    },
    sources: texts(folder ?? ".", files),
    checks: [],
  };
}

/** An image by its digest, whose own entry point counts for nothing. */
function imageOf(
  what: string,
  entrypoint: string | undefined,
): Pick<Manifest, "name" | "platform" | "entrypoint"> & { readonly digest: ImageDigest } {
  if (!/^sha256:[0-9a-f]{64}$/.test(what)) {
    throw new CommandError(
      `${what} is neither a project's folder, nor an image's name (${imageNames().join(", ")}) or digest; npm run images builds the repository's`,
      EXIT.usage,
    );
  }
  if (entrypoint === undefined) {
    throw new CommandError(
      `${what.slice(0, 19)}… is an image by its digest; say what runs in it: --entrypoint '/contract'`,
      EXIT.usage,
    );
  }
  const digest = what as ImageDigest;
  const name = `${what.slice(0, 19)}…`;
  return { name, digest, platform: "linux/amd64", entrypoint: entrypoint.trim().split(/\s+/) };
}

function sourcesIn(folder: string): readonly string[] {
  return globSync("**/*.*", { cwd: folder, exclude: ["**/node_modules/**"] }).sort();
}

function texts(root: string, files: readonly string[]): ReadonlyMap<string, string> {
  return new Map(files.map((file) => [file, readFileSync(join(root, file), "utf8")]));
}
