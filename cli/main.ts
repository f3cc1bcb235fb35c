import { CommanderError } from "commander";
import { CommandError } from "./commandError.ts";
import { EXIT } from "./exitCodes.ts";
import { color, terminal } from "./output.ts";
import { createProgram } from "./program.ts";

/** The `delchain` command: runs it and tells the shell how it went. */
async function main(): Promise<number> {
  try {
    await createProgram(terminal).parseAsync(process.argv);
    return EXIT.ok;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    if (error instanceof CommandError) {
      terminal.note(`${color.red("error:")} ${error.message}`);
      return error.exitCode;
    }
    terminal.note(`${color.red("error:")} ${error instanceof Error ? error.stack : String(error)}`);
    return EXIT.failed;
  }
}

process.exitCode = await main();
