import { readFileSync } from "node:fs";
import { join } from "node:path";
import { evaluatePhp } from "@delchain/runtime";
import type { Diagnostic } from "../diagnostic.ts";
import { sdkFolder } from "../input.ts";
import { phpEngine } from "./phpEngine.ts";

/** The tier whose rules hold for a source. */
export type PhpTierName = "wasm" | "container";

/** What PHP's own tokens say of a file (sdk-langs/php/build/inspect.php). */
export type Inspection = {
  /** Full names of classes, interfaces, traits and enums. */
  readonly declared: readonly string[];
  /** Full names of all that might be a class. */
  readonly named: readonly string[];
  /** Classes that it needs and PHP and the SDK do not have; another file may. */
  readonly unknown: readonly { readonly name: string; readonly diagnostic: Diagnostic }[];
  /** What a contract may not call. */
  readonly refused: readonly Diagnostic[];
  readonly error: Diagnostic | undefined;
};

type Answer = Pick<Inspection, "declared" | "named"> & {
  readonly unknown: readonly { readonly offset: number; readonly name: string }[];
  readonly refused: readonly { readonly offset: number; readonly message: string }[];
  readonly error: { readonly line: number; readonly message: string } | null;
};

const OPEN_TAG = "<?php";

/** Inspects files, by path, in one run of the interpreter; none of their code runs. */
export function inspectPhp(
  files: ReadonlyMap<string, string>,
  tier: PhpTierName,
): ReadonlyMap<string, Inspection> {
  const texts = [...files.values()];
  if (texts.length === 0) return new Map();
  const tool = readFileSync(join(sdkFolder("@delchain/php"), "build/inspect.php"), "utf8");
  // A source has no zero byte, which `readPhp` sees to.
  const input = new TextEncoder().encode([tier, ...texts].join("\0"));
  const json = evaluatePhp(tool.slice(OPEN_TAG.length), input, phpEngine());
  const answers = JSON.parse(json) as readonly Answer[];
  return new Map(
    [...files].map(([path, text], i) => [path, inspectionOf(path, text, answers[i] as Answer)]),
  );
}

function inspectionOf(path: string, text: string, answer: Answer): Inspection {
  const { declared, named, unknown, refused, error } = answer;
  return {
    declared,
    named,
    unknown: unknown.map(({ offset, name }) => ({
      name,
      diagnostic: atByte(path, text, offset, `no file of the project declares ${name}`),
    })),
    refused: refused.map(({ offset, message }) => atByte(path, text, offset, message)),
    error: error === null ? undefined : atLine(path, text, error.line, error.message),
  };
}

/** Of a line that PHP names without a column: where its text begins. */
export function atLine(file: string, text: string, line: number, message: string): Diagnostic {
  const shown = text.split("\n")[line - 1];
  const column = (shown?.search(/\S|$/) ?? 0) + 1;
  return { severity: "error", message, place: { file, line, column, text: shown } };
}

function atByte(file: string, text: string, offset: number, message: string): Diagnostic {
  const before = Buffer.from(text).subarray(0, offset).toString();
  const line = before.split("\n").length;
  const column = before.length - before.lastIndexOf("\n");
  const shown = text.split("\n")[line - 1];
  return { severity: "error", message, place: { file, line, column, text: shown } };
}
