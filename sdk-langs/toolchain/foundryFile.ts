import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { InvalidInput } from "@delchain/runtime";
import { parse } from "smol-toml";
import { z } from "zod";
import type { InvalidProjectFile } from "./projectFile.ts";

/** Foundry's project file, in a project that is built by forge, too. */
export const FOUNDRY_FILE = "foundry.toml";

/** What says where Solidity's files lie; the rest of the file is forge's. */
export type FoundryProfile = {
  readonly src: string;
  readonly libs: readonly string[];
  readonly remappings: readonly string[];
  readonly auto_detect_remappings: boolean;
};

const PROFILE = z.looseObject({
  src: z.string().default("src"),
  libs: z.array(z.string()).default(["lib"]),
  remappings: z.array(z.string().regex(/^[^=]+=/, "PREFIX=TARGET")).default([]),
  auto_detect_remappings: z.boolean().default(true),
});
const SCHEMA = z.looseObject({
  profile: z.looseObject({ default: PROFILE.prefault({}) }).prefault({}),
});

/**
 * The default profile of a project's `foundry.toml`, with forge's defaults; `undefined` where there is no such file.
 * Throws `InvalidInput<InvalidProjectFile>` that names the field.
 */
export function readFoundryFile(root: string): FoundryProfile | undefined {
  const path = join(root, FOUNDRY_FILE);
  if (!existsSync(path)) return undefined;
  const { success, data, error } = SCHEMA.safeParse(parsed(readFileSync(path, "utf8")));
  if (success) return data.profile.default;
  const [issue] = error.issues;
  throw refused(issue?.path.join(".") || "the whole", `expected ${issue?.message}`);
}

function parsed(text: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    const [what] = (error as Error).message.split("\n");
    throw refused("the whole", `is no TOML: ${what}`);
  }
}

function refused(field: string, what: string): InvalidInput<InvalidProjectFile> {
  const message = `${FOUNDRY_FILE}: ${field} ${what}`;
  return new InvalidInput({ code: "PROJECT_FILE", file: FOUNDRY_FILE, field }, message);
}
