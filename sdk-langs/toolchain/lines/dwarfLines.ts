import { readDwarf } from "./dwarf.ts";
import { withoutCustomSections } from "./moduleSections.ts";
import { type SourceLines, sourceLinesOf } from "./sourceLines.ts";

/**
 * A module as it is deployed, and the lines that its debug sections told. Positions before them stay where they are.
 * `isWritten` tells lines of the developer's from those that macros fill with code of their own; all are unless told.
 */
export function dwarfLines(
  built: Uint8Array,
  ownFile: (path: string) => string | undefined,
  isWritten: (file: string, line: number) => boolean = () => true,
): { readonly module: Uint8Array; readonly lines: SourceLines } {
  const module = withoutCustomSections(built);
  const { rows, functions } = readDwarf(built, ownFile);
  const own = rows.map((row) =>
    row.file !== undefined && isWritten(row.file, row.line) ? row : { ...row, file: undefined },
  );
  return { module, lines: sourceLinesOf([{ code: module, rows: own }], functions) };
}
