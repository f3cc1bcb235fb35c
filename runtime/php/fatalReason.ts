import { basename } from "node:path/posix";
import { REASON_CHARACTERS_MAX } from "./limits.ts";
import { placeInSource } from "./sourcePlace.ts";

const FATAL = /\n(?:PHP )?(Fatal|Parse) error: +/g;
/** How the interpreter names a line of a contract's source, which came in a message and which the SDK runs. */
const EVALUATED =
  /\/sdk\/\w+\.php\(\d+\) : eval\(\)'d code(?:\((\d+)\) : [^\n]*?'d code)?(?:(?: on line |:)(\d+))?/g;
const UNKNOWN = "the interpreter ended the call";

/** Why PHP gave up, from what it printed last: the text is for people and the same on every machine. */
export function fatalReason(printed: string, source: Uint8Array): string {
  const start = [...printed.matchAll(FATAL)].at(-1)?.index;
  const text = start === undefined ? UNKNOWN : printed.slice(start).trim();
  return nameFiles(text, source).slice(0, REASON_CHARACTERS_MAX);
}

/** The same text with the contract's own files and lines in place of how the interpreter names them. */
export function nameFiles(text: string, source: Uint8Array): string {
  return text.replace(EVALUATED, (_whole, outer?: string, line?: string) => {
    const place = placeInSource(source, Number(outer ?? line ?? 1));
    return `${basename(place.file)} on line ${place.line}`;
  });
}
