import { color, type Output } from "../output.ts";
import type { CallReport, CauseReport, ContractReport } from "./checkContract.ts";
import type { ProgramInstruction } from "./checkPrograms.ts";

export type CheckReport = ContractReport & {
  /** What no run on one machine can show. */
  readonly instructions: readonly ProgramInstruction[];
};

const VERDICTS = {
  deterministic: color.green("deterministic"),
  strictOnly: color.yellow(
    "deterministic under strict determinism only, and the manifest says standard",
  ),
  diverges: color.red("not deterministic"),
};

/** A contract's report for people: each call with its verdict, and what it depends on. */
export function printCheck(
  { contract, calls, runs, untried, instructions }: CheckReport,
  output: Output,
): void {
  output.line(color.bold(`${contract}, in ${runs} containers`));
  for (const call of calls) printCall(call, output);
  if (instructions.length > 0) {
    const asked = instructions
      .map(({ file, instruction }) => `${instruction} in ${file}`)
      .join(", ");
    output.note(`  other CPUs may answer otherwise, which was not tried: ${asked}`);
  }
  for (const { cause, reason } of untried) output.note(`  not tried: ${cause}, because ${reason}`);
}

function printCall(report: CallReport, output: Output): void {
  const { call, verdict, outcome, causes, reliesOn, ignored } = report;
  const came = outcome === "success" ? "" : color.dim(` (it came to ${outcome})`);
  output.line(`  ${call}: ${VERDICTS[verdict]}${came}`);
  for (const cause of causes) printCause(cause, output);
  if (ignored !== undefined) {
    const text = "answers differ where the manifest's outputs let them, which is no divergence";
    output.line(color.dim(`    ${text}: ${ignored}`));
  }
  if (reliesOn.length === 0) return;
  const names = reliesOn.map(({ cause }) => cause).join(", ");
  output.line(color.dim(`    relies on what every host promises: ${names}`));
}

function printCause(
  { cause, what, isGuess, difference, places, instead }: CauseReport,
  output: Output,
): void {
  output.line(`    ${isGuess ? "probably " : ""}${color.bold(cause)}: ${what}`);
  output.line(`      ${difference}`);
  for (const { file, line, text } of places) {
    output.line(`      likely ${file}:${line}  ${color.dim(text)}`);
  }
  output.line(`      instead: ${instead}`);
}
