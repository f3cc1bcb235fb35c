import { basename } from "node:path/posix";
import type { Diagnostic } from "../diagnostic.ts";
import { atLine } from "./inspectPhp.ts";
import type { JoinedPhp } from "./joinPhp.ts";

/** How the SDK and PHP itself end what they say: `… (Token.php:12)`, `… in Token.php on line 12`. */
const PLACES: readonly RegExp[] = [
  /^(?<message>.*) \((?<name>[\w.-]+\.php):(?<line>\d+)\)$/s,
  /^(?<message>.*?) in (?<name>[\w.-]+\.php) on line (?<line>\d+)/s,
];

/** Why a source has no ABI, at the line that PHP names. */
export function phpDiagnostic(reason: string, { files }: JoinedPhp): Diagnostic {
  for (const pattern of PLACES) {
    const { message = "", name, line } = pattern.exec(reason)?.groups ?? {};
    const file = [...files].find(([path]) => basename(path) === name);
    if (file) return atLine(file[0], file[1].text, Number(line), message);
  }
  return { severity: "error", message: reason, place: undefined };
}
