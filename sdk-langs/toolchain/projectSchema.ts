// Writes delchain.schema.json, which editors read; projectSchema.test.ts says when it is out of date.
import { writeFileSync } from "node:fs";
import { z } from "zod";
import { PROJECT_SCHEMA } from "./project.ts";

export const SCHEMA_FILE: URL = new URL("delchain.schema.json", import.meta.url);

/** The project file's schema as JSON Schema (draft 2020-12). */
export function projectJsonSchema(): string {
  const schema = { title: "A DelChain project", ...z.toJSONSchema(PROJECT_SCHEMA) };
  return `${JSON.stringify(schema, undefined, 2)}\n`;
}

if (import.meta.main) writeFileSync(SCHEMA_FILE, projectJsonSchema());
