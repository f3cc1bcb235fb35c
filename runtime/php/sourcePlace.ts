/** What a line begins with that stands before a file of a source (sdk-langs/php/wasm/Source.php). */
export const FILE_MARK = "#file ";

/** How a source is called that does not say what its files are called. */
export const UNNAMED = "contract.php";

export type SourcePlace = { readonly file: string; readonly line: number };

/** Which line of which file a line of a whole source is. Lines count from 1. */
export function placeInSource(source: Uint8Array, line: number): SourcePlace {
  const lines = Buffer.from(source).toString().split("\n").slice(0, line);
  const mark = lines.findLastIndex((text) => text.startsWith(FILE_MARK));
  if (mark < 0) return { file: UNNAMED, line };
  const [file = ""] = (lines[mark] as string).slice(FILE_MARK.length).split(" ");
  return { file, line: line - mark - 1 };
}
