import { basename } from "node:path";
import { InvalidInput, type Platform } from "@delchain/runtime";
import type { SolidityOptions } from "@delchain/solidity";
import { z } from "zod";
import { CONTAINER_SCHEMA, type ContainerOptions } from "./containerOptions.ts";
import { readFoundryFile } from "./foundryFile.ts";
import { readSource } from "./input.ts";
import { TOOLCHAINS } from "./languages.ts";
import { type InvalidProjectFile, readProjectFile } from "./projectFile.ts";
import { filesBelow } from "./projectFiles.ts";
import { SIGNERS_SCHEMA } from "./signers.ts";
import { SOLC_SCHEMA } from "./solcOptions.ts";
import type { Tier, Toolchain } from "./toolchain.ts";

/** Where contracts lie unless the project file says otherwise, or there is one of Foundry's. */
const DEFAULT_CONTRACTS: readonly string[] = ["contracts", "Cargo.toml"];

/** A folder with contracts, as it is now. */
export type Project = {
  readonly root: string;
  readonly name: string;
  /** Calls that `delchain check` makes: `Token.transfer(0x…, 5)`. */
  readonly checks: readonly string[];
  /** What compiles which of its sources, in a fixed order. */
  readonly builds: readonly {
    readonly toolchain: Toolchain;
    readonly sources: readonly string[];
  }[];
};

export type InvalidProject =
  | InvalidProjectFile
  | { readonly code: "NO_CONTRACTS"; readonly root: string };

const RULES = {
  name: "1 to 64 letters, digits, - and _",
  language: `one of ${[...new Set(TOOLCHAINS.map(({ language }) => language))].join(", ")}`,
  tier: "evm, wasm or container",
  platform: "wasi/wasm or linux/amd64",
  contracts: "a list of 1 to 64 files or folders of the project",
  checks: "a list of at most 256 calls, as in Token.transfer(0x…, 5)",
  whole:
    "an object with name, language, tier, platform, contracts, checks, signers, solc and container, each of which may be left out",
} as const;

/** A project file, whatever its form. */
type ProjectFile = {
  readonly $schema?: string | undefined;
  readonly name?: string | undefined;
  readonly language?: string | undefined;
  readonly platform?: Platform | undefined;
  readonly tier?: Tier | undefined;
  readonly contracts?: readonly string[] | undefined;
  readonly checks?: readonly string[] | undefined;
  readonly signers?: readonly string[] | undefined;
  readonly solc?: SolidityOptions | undefined;
  readonly container?: ContainerOptions | undefined;
};

export const PROJECT_SCHEMA: z.ZodType<ProjectFile> = z.strictObject(
  {
    $schema: z.string().optional().describe("Where this file's schema lies, for editors."),
    name: z
      .string(RULES.name)
      .regex(/^[\w-]{1,64}$/, RULES.name)
      .optional()
      .describe(`The project's name: ${RULES.name}.`),
    language: z
      .string(RULES.language)
      .refine((word) => TOOLCHAINS.some(({ language }) => language === word), RULES.language)
      .optional()
      .describe(`Only contracts of this language: ${RULES.language}.`),
    platform: z
      .enum(["wasi/wasm", "linux/amd64"], RULES.platform)
      .optional()
      .describe(`Of C in containers: ${RULES.platform}.`),
    tier: z
      .enum(["evm", "wasm", "container"], RULES.tier)
      .optional()
      .describe(`Only contracts of this tier: ${RULES.tier}.`),
    contracts: z
      .array(z.string(RULES.contracts), RULES.contracts)
      .min(1, RULES.contracts)
      .max(64, RULES.contracts)
      .optional()
      .describe("Files and folders to look in."),
    checks: z
      .array(z.string(RULES.checks), RULES.checks)
      .max(256, RULES.checks)
      .optional()
      .describe('Calls that `delchain check` makes, as in "Token.transfer(0x…, 5)".'),
    signers: SIGNERS_SCHEMA.optional().describe(
      "Of containers: public keys in PEM, by each of which hosts want the image signed.",
    ),
    solc: SOLC_SCHEMA.optional().describe("What the Solidity compiler is told."),
    container: CONTAINER_SCHEMA.optional().describe("What containers' manifests ask for."),
  },
  RULES.whole,
);

/**
 * Reads the project in a folder: its project file, which may be absent, and which files are contracts of which
 * language. Throws `InvalidInput<InvalidProject>` that names the field or what is missing.
 */
export function loadProject(root: string): Project {
  const { name, language, tier, platform, contracts, checks } =
    readProjectFile(root, PROJECT_SCHEMA) ?? {};
  const foundry = readFoundryFile(root);
  const places = contracts ?? [
    ...DEFAULT_CONTRACTS,
    ...(foundry === undefined ? [] : [foundry.src]),
  ];
  const toolchains = TOOLCHAINS.filter(
    (one) =>
      (language ?? one.language) === one.language &&
      (tier ?? one.tier) === one.tier &&
      (platform === undefined || (one.platform ?? platform) === platform),
  );
  const files = places.flatMap((path) => filesBelow(root, path));
  const builds = buildsOf(root, [...new Set(files)].sort(), toolchains);
  if (builds.length === 0) throw noContracts(root, places, toolchains);
  return { root, name: name ?? basename(root), checks: checks ?? [], builds };
}

/** Each file belongs to the first toolchain that takes it for a contract. */
function buildsOf(
  root: string,
  files: readonly string[],
  toolchains: readonly Toolchain[],
): Project["builds"] {
  const sources = new Map<Toolchain, string[]>();
  for (const path of files) {
    const text = readSource(root, path);
    const toolchain = toolchains.find((one) => one.isContract(path, text));
    if (toolchain) sources.set(toolchain, [...(sources.get(toolchain) ?? []), path]);
  }
  return toolchains.flatMap((toolchain) => {
    const own = sources.get(toolchain);
    return own ? [{ toolchain, sources: own }] : [];
  });
}

function noContracts(
  root: string,
  places: readonly string[],
  toolchains: readonly Toolchain[],
): InvalidInput<InvalidProject> {
  const languages = [...new Set(toolchains.map(({ language }) => language))].join(", ");
  return new InvalidInput(
    { code: "NO_CONTRACTS", root },
    `${root} has no contract in ${places.join(" or ")} (looked for ${languages}). ` +
      "Begin a project with: delchain new NAME --lang solidity",
  );
}
