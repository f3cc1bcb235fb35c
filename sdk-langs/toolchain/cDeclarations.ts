import { dirname } from "node:path/posix";
import { includedSources, readAbi } from "@delchain/c";
import type { Abi } from "viem";
import { CompileFailed } from "./diagnostic.ts";
import { readInputText, readSource } from "./input.ts";
import { filesBeside } from "./projectFiles.ts";

/** The project's files that a contract in C is made from: its own, what it includes, and the headers beside it. */
export function cFiles(root: string, main: string): readonly string[] {
  const text = readSource(root, main);
  const included = includedSources({ file: main, text }, (file) => readInputText(root, file));
  const beside = filesBeside(root, dirname(main), ".h");
  return [...new Set([...included.map(({ file }) => file), ...beside])];
}

/** The ABI that a C contract's macros declare. Throws `CompileFailed` with the line of a declaration that is wrong. */
export function declaredAbi(root: string, main: string): Abi {
  const read = (file: string) => readInputText(root, file);
  try {
    return readAbi(readSource(root, main), main, read);
  } catch (error) {
    const [, file, number, message] = /^(.+?):(\d+): (.+)$/s.exec((error as Error).message) ?? [];
    if (file === undefined || message === undefined) throw error;
    const line = Number(number);
    const place = { file, line, column: 1, text: read(file)?.split("\n")[line - 1] };
    throw new CompileFailed([{ severity: "error", message, place }]);
  }
}
