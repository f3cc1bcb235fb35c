import { REASON_CHARACTERS_MAX } from "./limits.ts";

const FATAL = /\n(?:PHP )?(Fatal|Parse) error: +/g;
/** How the interpreter names a contract's source, which came in a message. */
const EVALUATED = /\/sdk\/Guest\.php\(\d+\) : eval\(\)'d code/g;
const UNKNOWN = "the interpreter ended the call";

/** Why PHP gave up, from what it printed last: the text is for people and the same on every machine. */
export function fatalReason(printed: string): string {
  const start = [...printed.matchAll(FATAL)].at(-1)?.index;
  const text = start === undefined ? UNKNOWN : printed.slice(start).trim();
  return text.replace(EVALUATED, "contract.php").slice(0, REASON_CHARACTERS_MAX);
}
