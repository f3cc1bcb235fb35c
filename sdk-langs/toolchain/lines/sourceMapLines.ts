import { SourceMap } from "node:module";
import { codeOffset, functionStarts, withoutCustomSections } from "./moduleSections.ts";
import {
  type LineRow,
  type NamedFunction,
  type SourceLines,
  sourceLinesOf,
} from "./sourceLines.ts";

/** A module, and a source map whose columns are its bytes. */
export type MappedModule = {
  readonly module: Uint8Array;
  readonly sourceMap: string;
  /** What the developer wrote. */
  readonly functions: readonly (NamedFunction & { readonly lastLine: number })[];
};

/** A module as it is deployed, and the lines that its source map has for it. */
export function sourceMapLines(
  built: MappedModule,
  own: readonly string[],
): { readonly module: Uint8Array; readonly lines: SourceLines } {
  const module = withoutCustomSections(built.module);
  const written = JSON.parse(built.sourceMap) as ConstructorParameters<typeof SourceMap>[0];
  // Node.js 26 reads a last segment that has a position alone as one of the first file's, unless something follows.
  const map = new SourceMap({ ...written, mappings: `${written.mappings};` });
  const starts = functionStarts(module);
  const rows: LineRow[] = [];
  for (let position = codeOffset(module); position < module.length; position++) {
    const entry = map.findEntry(0, position);
    const isEntry = "generatedColumn" in entry && entry.generatedColumn === position;
    if (!isEntry || entry.originalSource === undefined) {
      // What stands for one function goes no further than its end, which maps leave out.
      if (isEntry || starts.has(position)) rows.push({ position, file: undefined, line: 0 });
      continue;
    }
    const line = entry.originalLine + 1;
    // What asc's transform generates stands under the file's name, with lines of its own from 1.
    const isWritten = built.functions.some(
      (one) => one.file === entry.originalSource && one.line <= line && line <= one.lastLine,
    );
    const file = isWritten ? own.find((path) => entry.originalSource === path) : undefined;
    rows.push({ position, file, line });
  }
  return { module, lines: sourceLinesOf([{ code: module, rows }], built.functions) };
}
