import type { CPlace, FailAt } from "./abi.ts";
import type { CSource } from "./includes.ts";

/** What changes the chain, where a function plainly calls it. The rest reverts when it runs. */
const WRITES =
  /\b(?:dc_(?:store\w*|storage_(?:store|put)|array_(?:push|pop|shorten)|packed_(?:store|push|pop)|emit_\w+|log|put|delete|create2?|call_delegate|send_message)|DC_EMIT)\s*\(/;
/** What stands before parentheses and braces and is no statement. */
const FUNCTION = /\b(?!(?:if|for|while|switch)\b)(\w+)\s*\([^(){};]*\)\s*\{/g;

type Method = {
  readonly macro: string;
  readonly handler: string;
  readonly signature: string;
};

/** Throws what `fail` makes for a view or pure method that writes, in its own body or in a function that it calls. */
export function refuseWritingViews(
  sources: readonly CSource[],
  methods: readonly Method[],
  fail: FailAt,
): void {
  const bodies = new Map(sources.flatMap(functionBodies));
  for (const { macro, handler, signature } of methods) {
    if (macro !== "VIEW_" && !/\)\s+(?:external\s+)?(?:view|pure)\b/.test(signature)) continue;
    const place = findWrite(handler, bodies, new Set());
    if (place !== undefined) {
      throw fail(place, `${handler} is a view method and writes here; declare it without "view"`);
    }
  }
}

/** `at` is its first byte. */
type Body = CPlace & { readonly text: string };

function findWrite(
  name: string,
  bodies: ReadonlyMap<string, Body>,
  seen: Set<string>,
): CPlace | undefined {
  const body = bodies.get(name);
  if (body === undefined || seen.has(name)) return undefined;
  seen.add(name);
  const write = WRITES.exec(body.text);
  if (write !== null) return { source: body.source, at: body.at + write.index };
  for (const [, called] of body.text.matchAll(/\b(\w+)\s*\(/g)) {
    const place = findWrite(called as string, bodies, seen);
    if (place !== undefined) return place;
  }
  return undefined;
}

/** Comments and texts as blanks, so that places stay. */
export function withoutTexts(source: string): string {
  return source.replace(
    /\/\*[\s\S]*?\*\/|\/\/[^\n]*|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'/g,
    (found) => found.replace(/[^\n]/g, " "),
  );
}

function functionBodies(source: CSource): readonly (readonly [string, Body])[] {
  const text = withoutTexts(source.text);
  const bodies: [string, Body][] = [];
  for (const match of text.matchAll(FUNCTION)) {
    const start = match.index + match[0].length;
    let depth = 1;
    let end = start;
    for (; end < text.length && depth > 0; end++) {
      if (text[end] === "{") depth += 1;
      if (text[end] === "}") depth -= 1;
    }
    bodies.push([match[1] as string, { source, at: start, text: text.slice(start, end) }]);
  }
  return bodies;
}
