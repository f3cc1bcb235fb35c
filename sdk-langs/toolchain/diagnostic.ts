import { join } from "node:path/posix";

/** One thing that a compiler said. Lines and columns count from 1. */
export type Diagnostic = {
  readonly severity: "error" | "warning";
  readonly message: string;
  /** `undefined` for what concerns no place in a file. */
  readonly place:
    | {
        readonly file: string;
        readonly line: number;
        readonly column: number;
        /** The line itself, when the file could be read. */
        readonly text: string | undefined;
      }
    | undefined;
};

/** The sources do not compile. The message lists every diagnostic as `file:line:column: error: …`. */
export class CompileFailed extends Error {
  override readonly name = "CompileFailed";
  readonly diagnostics: readonly Diagnostic[];

  constructor(diagnostics: readonly Diagnostic[]) {
    super(diagnostics.map(renderDiagnostic).join("\n"));
    this.diagnostics = diagnostics;
  }
}

/** A diagnostic as editors and people know it, with the line and a mark below the column. */
export function renderDiagnostic({ severity, message, place }: Diagnostic): string {
  if (place === undefined) return `${severity}: ${message}`;
  const { file, line, column, text } = place;
  const head = `${file}:${line}:${column}: ${severity}: ${message}`;
  if (text === undefined) return head;
  const gutter = String(line).padStart(5);
  const shown = text.replaceAll("\t", " ");
  return `${head}\n${gutter} | ${shown}\n      | ${" ".repeat(column - 1)}^`;
}

/** Text of a file by the name that a compiler knows it by; `undefined` when it cannot be read. */
export type ReadSource = (file: string) => string | undefined;

/** A place with the line itself. */
export function placed(
  read: ReadSource,
  file: string,
  line: number,
  column: number,
): NonNullable<Diagnostic["place"]> {
  return { file, line, column, text: read(file)?.split("\n")[line - 1] };
}

/** What an include with `..` in it leads to. */
function fromProject(file: string): string {
  return file.startsWith("/") ? file : join("/", file).slice(1);
}

/** `file:line:column: error: message`, as clang and gcc write. */
export function parseClang(output: string, read: ReadSource): readonly Diagnostic[] {
  const lines = /^([^\s:][^:\n]*):(\d+):(\d+): (?:fatal )?(error|warning): (.+)$/gm;
  const found = [...output.matchAll(lines)].map(
    ([, file = "", line, column, severity, message = ""]): Diagnostic => ({
      severity: severity as Diagnostic["severity"],
      message,
      place: placed(read, fromProject(file), Number(line), Number(column)),
    }),
  );
  return orWhole(errorsOf(found), output);
}

/** `ERROR AS100: message` with `└─ in file.ts(line,column)` some lines below, as asc writes. */
export function parseAsc(output: string, read: ReadSource): readonly Diagnostic[] {
  const messages = /^(ERROR|WARNING) (?:\w+): (.+)$(?:\n(?!ERROR|WARNING|FAILURE).*)*/gm;
  const found = [...output.matchAll(messages)].map(
    ([whole, severity, message = ""]): Diagnostic => {
      const at = /└─ in (.+)\((\d+),(\d+)\)/.exec(whole);
      return {
        severity: severity === "ERROR" ? "error" : "warning",
        message,
        place: at ? placed(read, at[1] as string, Number(at[2]), Number(at[3])) : undefined,
      };
    },
  );
  return orWhole(errorsOf(found), output);
}

/** `error[E0425]: message` with `--> src/lib.rs:12:9` below, as rustc writes. */
export function parseRustc(output: string, read: ReadSource): readonly Diagnostic[] {
  const messages = /^(error|warning)(?:\[\w+\])?: (.+)\n\s*--> (.+):(\d+):(\d+)$/gm;
  const found = [...output.matchAll(messages)].map(
    ([, severity, message = "", file = "", line, column]): Diagnostic => ({
      severity: severity as Diagnostic["severity"],
      message,
      place: placed(read, file, Number(line), Number(column)),
    }),
  );
  return orWhole(errorsOf(found), output);
}

/**
 * `Token.java:31: error: message`, with the line and a mark below it when the column is known, as javac writes. `name`
 * finds the path of a file in the project.
 */
export function parseJavac(
  output: string,
  name: (file: string) => string,
  read: ReadSource,
): readonly Diagnostic[] {
  const messages = /^(.+\.java)(?::(\d+))?: error: (.+)(?:\n.*\n( *)\^)?$/gm;
  const found = [...output.matchAll(messages)].map(
    ([, at = "", line = "1", message = "", before]): Diagnostic => {
      const file = name(at);
      const text = read(file)?.split("\n")[Number(line) - 1] ?? "";
      const column = before?.length ?? Math.max(0, text.search(/\S/));
      return {
        severity: "error",
        message,
        place: placed(read, file, Number(line), column + 1),
      };
    },
  );
  return orWhole(found, output);
}

/** A place given as an offset in the file's UTF-8 bytes, as solc counts. */
export function placeAtByte(file: string, offset: number, read: ReadSource): Diagnostic["place"] {
  const text = read(file) ?? "";
  const before = Buffer.from(text).subarray(0, offset).toString();
  const line = before.split("\n").length;
  return placed(read, file, line, before.length - before.lastIndexOf("\n"));
}

/** Where there are errors, warnings only hide them. */
function errorsOf(found: readonly Diagnostic[]): readonly Diagnostic[] {
  return found.filter(({ severity }) => severity === "error");
}

/** What no pattern knows is told as it is, rather than not at all. */
function orWhole(found: readonly Diagnostic[], output: string): readonly Diagnostic[] {
  if (found.length > 0) return found;
  return [{ severity: "error", message: output.trim(), place: undefined }];
}
