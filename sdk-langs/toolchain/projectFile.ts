import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { InvalidInput } from "@delchain/runtime";
import { parse as parseYaml } from "yaml";
import type { z } from "zod";

/** The project file, if there is one: the first of these that exists. */
export const PROJECT_FILES: readonly string[] = ["delchain.json", "delchain.yaml", "delchain.yml"];

export type InvalidProjectFile = {
  readonly code: "PROJECT_FILE";
  readonly file: string;
  readonly field: string;
};

/**
 * Reads a project's file by a schema; `undefined` where there is none. Throws `InvalidInput<InvalidProjectFile>` that
 * names the field, its value and what it takes.
 */
export function readProjectFile<Schema extends z.ZodType>(
  root: string,
  schema: Schema,
): z.infer<Schema> | undefined {
  const file = PROJECT_FILES.find((name) => existsSync(join(root, name)));
  if (file === undefined) return undefined;
  const value = parsed(file, readFileSync(join(root, file), "utf8"));
  const { success, data, error } = schema.safeParse(value);
  if (success) return data;
  const [issue] = error.issues;
  const isUnknown = issue?.code === "unrecognized_keys";
  const path = [...(issue?.path ?? []), ...(isUnknown ? issue.keys.slice(0, 1) : [])];
  const given = path.reduce<unknown>(
    (at, key) => (at as Record<PropertyKey, unknown>)?.[key],
    value,
  );
  const shown = JSON.stringify(given)?.slice(0, 80);
  const rule = `${isUnknown ? "no such field: " : ""}${issue?.message}`;
  throw refused(file, path.join(".") || "the whole", `is ${shown}; expected ${rule}`);
}

function parsed(file: string, text: string): unknown {
  const isJson = file.endsWith(".json");
  try {
    return isJson ? JSON.parse(text) : parseYaml(text);
  } catch (error) {
    const [line] = (error as Error).message.split("\n");
    throw refused(file, "the whole", `is no ${isJson ? "JSON" : "YAML"}: ${line}`);
  }
}

function refused(file: string, field: string, what: string): InvalidInput<InvalidProjectFile> {
  return new InvalidInput({ code: "PROJECT_FILE", file, field }, `${file}: ${field} ${what}`);
}
