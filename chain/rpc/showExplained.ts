import { type CallRun, type FoundCause, toHex } from "@delchain/runtime";
import type { ExplainedCall } from "./backend.ts";
import type { Json } from "./format.ts";

/** Of output and logs of one result, in bytes; a longer one is left out, and its difference is told all the same. */
export const RESULT_SHOWN_BYTES = 16_384;

/** `del_explainCall`: state, and once it is explained the causes with what differed. */
export function showExplained(explained: ExplainedCall): Json {
  if (explained.state !== "explained") return explained;
  const { finding, runs, untried } = explained;
  return {
    state: explained.state,
    verdict: finding.verdict,
    causes: finding.causes.map(showCause),
    reliesOn: finding.reliesOn.map(showCause),
    runs,
    untried,
  };
}

function showCause({ cause, isGuess, difference, runs }: FoundCause): Json {
  const isShort = runs.every((run) => bytesOf(run) <= RESULT_SHOWN_BYTES);
  return { cause, isGuess, ...difference, results: isShort ? runs.map(showRun) : null };
}

function showRun({ result: { status, output, logs } }: CallRun): Json {
  return {
    status,
    output: toHex(output),
    logs: logs.map(({ topics, data }) => ({ topics, data: toHex(data) })),
  };
}

function bytesOf({ result: { output, logs } }: CallRun): number {
  return logs.reduce((sum, { data }) => sum + data.length, output.length);
}
