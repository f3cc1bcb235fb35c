import { type Command, CommanderError } from "commander";
import { CommandError } from "./commandError.ts";
import { EXIT } from "./exitCodes.ts";
import { noteColor, terminal } from "./output.ts";

/** Runs a command line and resolves to what the shell is told. Messages for people go to standard error. */
export async function runProgram(program: Command): Promise<number> {
  try {
    await program.parseAsync(process.argv);
    return EXIT.ok;
  } catch (error) {
    // Commander has said it already, help included.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    if (error instanceof CommandError) {
      if (error.message !== "") terminal.note(`${noteColor.red("error:")} ${error.message}`);
      return error.exitCode;
    }
    // A node that can no longer go on. By its name: help must not wait until the class is loaded.
    if (error instanceof Error && error.name === "Unavailable") {
      terminal.note(`${noteColor.red("error:")} ${error.message}`);
      return EXIT.unavailable;
    }
    const trace = error instanceof Error ? error.stack : String(error);
    terminal.note(`${noteColor.red("this is a bug of DelChain:")} ${trace}`);
    return EXIT.failed;
  }
}
