import { refuse, shown } from "./refusal.ts";

/**
 * JSON that every reader reads alike. Engines (Go) take names in any case, and of two alike parts of both; we would
 * see the last one alone, so names that differ in case only are refused. Throws `InvalidInput`.
 */
export function strictJson(what: string, bytes: Uint8Array): unknown {
  let value: unknown;
  const text = Buffer.from(bytes).toString();
  try {
    value = JSON.parse(text);
  } catch {
    return refuse("archive", `${what} is no JSON; write the archive anew (docker save)`);
  }
  checkNames(what, text);
  return value;
}

/** A field of an object, whatever its case; `undefined` when it has none, or is no object. */
export function field(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  return Object.entries(value).find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1];
}

function checkNames(what: string, text: string): void {
  const open: Set<string>[] = [];
  for (const [token, name] of text.matchAll(/("(?:[^"\\]|\\.)*")\s*:|"(?:[^"\\]|\\.)*"|[{}]/g)) {
    if (token === "{") open.push(new Set());
    else if (token === "}") open.pop();
    else if (name !== undefined) {
      const key = (JSON.parse(name) as string).toLowerCase();
      if (open.at(-1)?.has(key))
        refuse(
          "archive",
          `${what} has ${shown(key)} twice, case aside; engines read that differently`,
        );
      open.at(-1)?.add(key);
    }
  }
}
