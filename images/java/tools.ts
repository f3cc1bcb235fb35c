import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { InvalidInput, Unavailable } from "@delchain/runtime";

const run = promisify(execFile);

/** Compiling and linking take seconds; on a loaded machine ten times that. In milliseconds. */
const TOOL_MS = 300_000;
const OUTPUT_BYTES_MAX = 1024 * 1024;
/** As much of a compiler's complaint as a person reads. */
const COMPLAINT_CHARACTERS_MAX = 4_000;

/**
 * Runs a program of the development kit, in a folder when it matters. Throws `InvalidInput` with what it said when it
 * refuses its input, `Unavailable` when it does not run or end here.
 */
export async function runTool(
  file: string,
  args: readonly string[],
  folder?: string,
): Promise<void> {
  // The machine's own settings for Java would change what is built.
  const env = { PATH: process.env.PATH ?? "", LC_ALL: "C" };
  try {
    await run(file, args, { timeout: TOOL_MS, maxBuffer: OUTPUT_BYTES_MAX, env, cwd: folder });
  } catch (error) {
    const { code, stdout = "", stderr = "", message } = error as ToolError;
    const said = `${stdout}${stderr}`.trim().slice(0, COMPLAINT_CHARACTERS_MAX);
    const tool = file.split("/").at(-1) ?? file;
    const text = said === "" ? message : said;
    if (typeof code === "number") throw new InvalidInput({ code: "java", tool }, text);
    throw new Unavailable(tool, `${tool} of the development kit failed: ${text}`, { cause: error });
  }
}

/** What `execFile` rejects with: a number is the program's own status. */
type ToolError = Error & {
  readonly code?: number | string | null;
  readonly stdout?: string;
  readonly stderr?: string;
};
