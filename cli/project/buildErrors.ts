import { InvalidInput, Unavailable } from "@delchain/runtime";
import { CompileFailed, renderDiagnostic } from "@delchain/toolchain";
import { CommandError } from "../commandError.ts";
import { EXIT } from "../exitCodes.ts";
import { noteColor } from "../output.ts";

/** What a build throws as what a shell is told; anything else is a bug and stays as it is. */
export function explainedBuildError(error: unknown): unknown {
  if (error instanceof CompileFailed) {
    const { length } = error.diagnostics;
    const errors = error.diagnostics.map(renderDiagnostic).map(markedFirstLine).join("\n");
    return new CommandError(
      `the project does not compile: ${length} ${length === 1 ? "error" : "errors"}\n${errors}`,
      EXIT.failed,
    );
  }
  if (error instanceof InvalidInput) return new CommandError(error.message, EXIT.usage);
  if (error instanceof Unavailable) return new CommandError(error.message, EXIT.unavailable);
  return error;
}

function markedFirstLine(text: string): string {
  const [first = "", ...rest] = text.split("\n");
  return [noteColor.bold(first), ...rest].join("\n");
}

/** For `--json`: every diagnostic with its place. */
export function failedBuildJson(error: unknown): unknown {
  if (!(error instanceof CompileFailed)) return undefined;
  return { ok: false, errors: error.diagnostics };
}
