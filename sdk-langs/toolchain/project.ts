import { existsSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { InvalidInput } from "@delchain/runtime";
import { parse as parseYaml } from "yaml";
import { z } from "zod";
import { readSource } from "./input.ts";
import { TOOLCHAINS } from "./languages.ts";
import { filesBelow } from "./projectFiles.ts";
import type { Toolchain } from "./toolchain.ts";

/** The project file, if there is one: the first of these that exists. */
export const PROJECT_FILES: readonly string[] = ["delchain.json", "delchain.yaml", "delchain.yml"];

/** Where contracts lie unless the project file says otherwise. */
const DEFAULT_CONTRACTS: readonly string[] = ["contracts", "Cargo.toml"];

/** A folder with contracts, as it is now. */
export type Project = {
  readonly root: string;
  readonly name: string;
  /** What compiles which of its sources, in a fixed order. */
  readonly builds: readonly {
    readonly toolchain: Toolchain;
    readonly sources: readonly string[];
  }[];
};

export type InvalidProject =
  | { readonly code: "PROJECT_FILE"; readonly file: string; readonly field: string }
  | { readonly code: "NO_CONTRACTS"; readonly root: string };

const RULES = {
  name: "1 to 64 letters, digits, - and _",
  language: `one of ${[...new Set(TOOLCHAINS.map(({ language }) => language))].join(", ")}`,
  tier: "evm, wasm or container",
  contracts: "a list of 1 to 64 files or folders of the project",
  whole: "an object with name, language, tier and contracts, each of which may be left out",
} as const;

const SCHEMA = z.strictObject(
  {
    $schema: z.string().optional(),
    name: z
      .string(RULES.name)
      .regex(/^[\w-]{1,64}$/, RULES.name)
      .optional(),
    language: z
      .string(RULES.language)
      .refine((word) => TOOLCHAINS.some(({ language }) => language === word), RULES.language)
      .optional(),
    tier: z.enum(["evm", "wasm", "container"], RULES.tier).optional(),
    contracts: z
      .array(z.string(RULES.contracts), RULES.contracts)
      .min(1, RULES.contracts)
      .max(64, RULES.contracts)
      .optional(),
  },
  RULES.whole,
);

type ProjectFile = z.infer<typeof SCHEMA>;

/**
 * Reads the project in a folder: its project file, which may be absent, and which files are contracts of which
 * language. Throws `InvalidInput<InvalidProject>` that names the field or what is missing.
 */
export function loadProject(root: string): Project {
  const file = PROJECT_FILES.find((name) => existsSync(join(root, name)));
  const { name, language, tier, contracts } = file === undefined ? {} : readFile(root, file);
  const toolchains = TOOLCHAINS.filter(
    (one) => (language ?? one.language) === one.language && (tier ?? one.tier) === one.tier,
  );
  const files = (contracts ?? DEFAULT_CONTRACTS).flatMap((path) => filesBelow(root, path));
  const builds = buildsOf(root, [...new Set(files)].sort(), toolchains);
  if (builds.length === 0) throw noContracts(root, contracts ?? DEFAULT_CONTRACTS, toolchains);
  return { root, name: name ?? basename(root), builds };
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

function readFile(root: string, file: string): ProjectFile {
  const text = readFileSync(join(root, file), "utf8");
  let value: unknown;
  try {
    value = file.endsWith(".json") ? JSON.parse(text) : parseYaml(text);
  } catch (error) {
    const [line] = (error as Error).message.split("\n");
    throw refused(file, "the whole", `is no ${file.endsWith(".json") ? "JSON" : "YAML"}: ${line}`);
  }
  const { success, data, error } = SCHEMA.safeParse(value);
  if (success) return data;
  const [issue] = error.issues;
  const path = issue?.code === "unrecognized_keys" ? [issue.keys[0] ?? ""] : (issue?.path ?? []);
  const field = path.join(".") || "the whole";
  const given = path.reduce<unknown>(
    (at, key) => (at as Record<PropertyKey, unknown>)?.[key],
    value,
  );
  const rule =
    issue?.code === "unrecognized_keys" ? `no such field: ${RULES.whole}` : issue?.message;
  throw refused(file, field, `is ${JSON.stringify(given)?.slice(0, 80)}; expected ${rule}`);
}

function refused(file: string, field: string, what: string): InvalidInput<InvalidProject> {
  return new InvalidInput({ code: "PROJECT_FILE", file, field }, `${file}: ${field} ${what}`);
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
