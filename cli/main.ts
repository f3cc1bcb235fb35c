import { terminal } from "./output.ts";
import { createProgram } from "./program.ts";
import { runProgram } from "./runProgram.ts";

// What `npx delchain` runs, under Node 26. An engine that never answers a probe must not hold the shell.
process.exit(await runProgram(createProgram(terminal)));
