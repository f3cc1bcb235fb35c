/** A test of PHP's own, as its source tree has them: a script and what it must print. */
export type PhpTest = {
  readonly code: string;
  /** Whether the trimmed output is what the test wants. */
  readonly isWanted: (output: string) => boolean;
};

/** Sections that a script alone cannot do without: settings, input, an extension to look for, a second script. */
const NEEDS_MORE =
  /^--(INI|GET|POST|STDIN|ARGS|ENV|EXTENSIONS|SKIPIF|CGI|FILE_EXTERNAL|REDIRECTTEST|EXPECTHEADERS)--$/m;
const SECTION = /^--([A-Z_]+)--\r?$/m;

/** How an expectation writes what varies (PHP's run-tests.php). */
const PLACEHOLDERS: Readonly<Record<string, string>> = {
  "%e": "/",
  "%s": "[^\\r\\n]+",
  "%S": "[^\\r\\n]*",
  "%a": "[\\s\\S]+",
  "%A": "[\\s\\S]*",
  "%w": "\\s*",
  "%i": "[+-]?\\d+",
  "%d": "\\d+",
  "%x": "[0-9a-fA-F]+",
  "%f": "[+-]?(?:\\d+|(?=\\.\\d))(?:\\.\\d+)?(?:[Ee][+-]?\\d+)?",
  "%c": "[\\s\\S]",
};

/** `undefined` for a test that needs more than a script. */
export function readPhpTest(text: string): PhpTest | undefined {
  if (NEEDS_MORE.test(text)) return undefined;
  const parts = text.split(SECTION);
  const sections = new Map<string, string>();
  for (let i = 1; i < parts.length; i += 2) sections.set(parts[i] ?? "", parts[i + 1] ?? "");
  const file = sections.get("FILE")?.trim();
  const isWanted = expectation(sections);
  if (file === undefined || isWanted === undefined || !file.startsWith("<?php")) return undefined;
  return { code: file, isWanted };
}

function expectation(sections: ReadonlyMap<string, string>): PhpTest["isWanted"] | undefined {
  const exact = sections.get("EXPECT")?.trim().replaceAll("\r\n", "\n");
  if (exact !== undefined) return (output) => output === exact;
  const pattern = sections.get("EXPECTREGEX");
  if (pattern !== undefined) return whole(pattern.trim());
  const format = sections.get("EXPECTF");
  if (format === undefined) return undefined;
  const pieces = format.trim().split(/(%r[\s\S]*?%r|%[esSaAwidxfc])/);
  return whole(
    pieces
      .map((piece, i) => {
        if (i % 2 === 0) return quoted(piece);
        return piece.startsWith("%r") ? piece.slice(2, -2) : (PLACEHOLDERS[piece] ?? piece);
      })
      .join(""),
  );
}

function whole(source: string): PhpTest["isWanted"] {
  const pattern = `^(?:${source.replaceAll("\r\n", "\n")})$`;
  return (output) => {
    try {
      return new RegExp(pattern).test(output);
    } catch {
      // The engine takes no pattern of this length, or of PHP's own dialect: not counted among those that are wanted.
      return false;
    }
  };
}

function quoted(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}
