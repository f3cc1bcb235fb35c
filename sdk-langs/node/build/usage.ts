import { readFileSync, statSync } from "node:fs";
import { isBuiltin, stripTypeScriptTypes } from "node:module";
import { join } from "node:path";
import { dirname, join as joinPosix } from "node:path/posix";
import { type Node, type Program, parse } from "acorn";
import { full, simple } from "acorn-walk";
import { moduleRefusal, RANDOM_REMEDY, REMEDIES, refusal, TIME_REMEDY } from "../remedies.ts";
import type { Mistake } from "./mistake.ts";

/**
 * What a contract's own files use that answers differently on every host, or that its realm does not have, with what to
 * use instead. Follows relative imports; what packages use is seen when it runs. A file that does not parse is left to
 * the type checker.
 */
export function usageMistakes(root: string, main: string): readonly Mistake[] {
  const found: Mistake[] = [];
  const queue = [main];
  for (const file of queue) {
    const program = parsed(readFileSync(join(root, file), "utf8"));
    if (program === undefined) continue;
    found.push(...mistakesOf(program).map((mistake) => ({ file, ...mistake })));
    for (const { node, specifier } of importsOf(program)) {
      if (!specifier.startsWith(".")) continue;
      const imported = joinPosix(dirname(file), specifier);
      if (!isFile(join(root, imported))) {
        const message = `there is no file ${imported}; an import names it with its ending: ./other.ts`;
        found.push({ file, ...placeOf(node), message });
      } else if (!queue.includes(imported)) queue.push(imported);
    }
  }
  return found;
}

/** Of TypeScript and JavaScript; places stay those of the source. */
function parsed(source: string): Program | undefined {
  try {
    return parse(stripTypeScriptTypes(source), {
      ecmaVersion: "latest",
      sourceType: "module",
      locations: true,
    });
  } catch {
    return undefined;
  }
}

type Found = Omit<Mistake, "file">;

function mistakesOf(program: Program): readonly Found[] {
  const own = declaredNames(program);
  const found: Found[] = [];
  const refuse = (node: Node, message: string): void => {
    found.push({ ...placeOf(node), message });
  };
  const isGlobal = (node: Node, name: string): boolean => nameOf(node) === name && !own.has(name);
  for (const { node, specifier } of importsOf(program)) {
    if (isBuiltin(specifier)) refuse(node, moduleRefusal(specifier));
  }
  simple(program, {
    Identifier(node) {
      const remedy = own.has(node.name) ? undefined : remedyOf(node.name);
      if (remedy !== undefined) refuse(node, refusal(node.name, remedy));
    },
    MemberExpression(node) {
      const property = nameOf(node.property);
      if (isGlobal(node.object, "Date") && property === "now") {
        refuse(node, refusal("Date.now", TIME_REMEDY));
      }
      if (isGlobal(node.object, "Math") && property === "random") {
        refuse(node, refusal("Math.random", RANDOM_REMEDY));
      }
      const remedy = isGlobal(node.object, "globalThis") ? remedyOf(property) : undefined;
      if (remedy !== undefined) refuse(node, refusal(`globalThis.${property}`, remedy));
    },
    CallExpression(node) {
      if (isGlobal(node.callee, "Date")) refuse(node, refusal("Date()", TIME_REMEDY));
    },
    NewExpression(node) {
      const isPresent = node.arguments.length === 0 && isGlobal(node.callee, "Date");
      if (isPresent) refuse(node, refusal("new Date()", TIME_REMEDY));
    },
  });
  return found.sort((left, right) => left.line - right.line || left.column - right.column);
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

function placeOf({ loc }: Node): { readonly line: number; readonly column: number } {
  const { line = 1, column = 0 } = loc?.start ?? {};
  return { line, column: column + 1 };
}

function remedyOf(name: string | undefined): string | undefined {
  return name !== undefined && Object.hasOwn(REMEDIES, name) ? REMEDIES[name] : undefined;
}

/** The text of a name, or of a literal between brackets. */
function nameOf(node: Node): string | undefined {
  const { name, value } = node as { readonly name?: string; readonly value?: unknown };
  return name ?? (typeof value === "string" ? value : undefined);
}

function importsOf(
  program: Program,
): readonly { readonly node: Node; readonly specifier: string }[] {
  const found: { node: Node; specifier: string }[] = [];
  full(program, (node) => {
    const { source } = node as { readonly source?: Node | null };
    const specifier = source ? nameOf(source) : undefined;
    if (specifier !== undefined) found.push({ node, specifier });
  });
  return found;
}

/**
 * Names that the file gives to something of its own, in whatever scope: they mean no global. Functions, classes and
 * parameters are patterns to acorn-walk.
 */
function declaredNames(program: Program): ReadonlySet<string> {
  const names = new Set<string>();
  const declare = (node: unknown): void => {
    const { name } = (node ?? {}) as { readonly name?: unknown };
    if (typeof name === "string") names.add(name);
  };
  full(program, (node, _, type) => {
    if (type === "VariablePattern") declare(node);
    if (node.type.startsWith("Import")) declare((node as { local?: unknown }).local);
  });
  return names;
}
