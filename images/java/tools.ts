import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { InvalidInput } from "@delchain/runtime";

const run = promisify(execFile);

/** Compiling and linking take seconds; on a loaded machine ten times that. In milliseconds. */
const TOOL_MS = 300_000;
const OUTPUT_BYTES_MAX = 1024 * 1024;
/** As much of a compiler's complaint as a person reads. */
const COMPLAINT_CHARACTERS_MAX = 4_000;

/** Runs a program of the development kit, in a folder when it matters. Throws `InvalidInput` with what it said when it refuses its input. */
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
    const {
      stdout = "",
      stderr = "",
      message,
    } = error as Error & Record<"stdout" | "stderr", string>;
    const said = `${stdout}${stderr}`.trim().slice(0, COMPLAINT_CHARACTERS_MAX);
    const tool = file.split("/").at(-1) ?? file;
    throw new InvalidInput({ code: "java", tool }, said === "" ? message : said);
  }
}
