/** What `build/org/delchain/build/ModuleLines.java` writes of a module. */
export type ModuleLines = {
  readonly files: readonly string[];
  /** By position; a row that has no file is none of the author's. */
  readonly rows: readonly (
    | readonly [position: number]
    | readonly [position: number, file: number, line: number]
  )[];
  readonly functions: readonly {
    readonly name: string;
    /** Its place in `files`. */
    readonly file: number;
    readonly line: number;
    readonly lastLine: number;
  }[];
};

const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const DIGIT_BITS = 5;
const CONTINUES = 32;

/** The rows as a source map (ECMA-426), whose one line has a module's bytes as its columns. */
export function encodeSourceMap({ files, rows }: ModuleLines): string {
  let last = { position: 0, file: 0, line: 1 };
  const segments: string[] = [];
  rows.forEach(([position, file, line], i) => {
    if (rows[i + 1]?.[0] === position) return;
    const column = encodeNumber(position - last.position);
    if (file === undefined || line === undefined) {
      segments.push(column);
      last = { ...last, position };
      return;
    }
    const place = encodeNumber(file - last.file) + encodeNumber(line - last.line);
    segments.push(`${column}${place}${encodeNumber(0)}`);
    last = { position, file, line };
  });
  return JSON.stringify({ version: 3, sources: files, names: [], mappings: segments.join() });
}

/** A signed number in base 64, its sign in the lowest bit, five bits a digit. */
function encodeNumber(value: number): string {
  let rest = value < 0 ? (-value << 1) | 1 : value << 1;
  let text = "";
  do {
    const digit = rest & (CONTINUES - 1);
    rest >>>= DIGIT_BITS;
    text += DIGITS[digit | (rest > 0 ? CONTINUES : 0)];
  } while (rest > 0);
  return text;
}
