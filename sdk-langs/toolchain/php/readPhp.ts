import { readFileSync } from "node:fs";
import { join } from "node:path";
import { FILE_MARK } from "@delchain/runtime";
import { CompileFailed } from "../diagnostic.ts";
import { atLine } from "./inspectPhp.ts";

/** What PHP's tokens of one file leave room for in the interpreter's memory; `SourceCheck` has the same limit. */
export const FILE_BYTES_MAX: number = 64 * 1024;

const OPEN_TAG = /^<\?php\s/;

/** A file of a contract. Throws `CompileFailed` for what could not be deployed, whatever it says. */
export function readPhp(root: string, path: string): string {
  const text = readFileSync(join(root, path), "utf8").replaceAll("\r\n", "\n");
  const refuse = (line: number, message: string): never => {
    throw new CompileFailed([atLine(path, text, line, message)]);
  };
  const bytes = Buffer.byteLength(text);
  if (bytes > FILE_BYTES_MAX) {
    refuse(1, `the file has ${bytes} bytes; one has at most ${FILE_BYTES_MAX}: divide it`);
  }
  if (!OPEN_TAG.test(text)) {
    refuse(1, 'a file of a contract begins with "<?php" in its first byte, and a line break');
  }
  if (/\s/.test(path)) refuse(1, "the path of a contract's file has no spaces: rename it");
  const zero = text.indexOf("\0");
  if (zero >= 0) refuse(lineAt(text, zero), "a source is text: it has no zero byte");
  const mark = text.indexOf(`\n${FILE_MARK}`);
  if (mark >= 0) {
    refuse(
      lineAt(text, mark + 1),
      `a line that begins with "${FILE_MARK}" divides a source: indent it`,
    );
  }
  return text;
}

function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split("\n").length;
}
