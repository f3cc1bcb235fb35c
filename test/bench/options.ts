import { parseArgs } from "node:util";

/**
 * A benchmark's options on the command line, each with a value, and `--json`. Throws for one that it does not have, so
 * that no misspelt one measures something else.
 */
export function readOptions<Name extends string>(
  ...names: readonly Name[]
): Readonly<Partial<Record<Name, string>>> & { readonly json: boolean } {
  const options = Object.fromEntries(names.map((name) => [name, { type: "string" } as const]));
  const { values } = parseArgs({ options: { ...options, json: { type: "boolean" } } });
  return { json: false, ...values } as ReturnType<typeof readOptions<Name>>;
}
