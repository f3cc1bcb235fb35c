// The front door of @delchain/cli: what other programs of the repository say in the same way.

export { CommandError } from "./commandError.ts";
export { printAccounts } from "./commands/devnet.ts";
export { examples } from "./examples.ts";
export { EXIT } from "./exitCodes.ts";
export { type DevnetPlace, openDevnet } from "./openDevnet.ts";
export { jsonOption, placeOptions } from "./options.ts";
export { color, table, tableWidth, terminal, terminalWidth } from "./output.ts";
export { createCommand } from "./program.ts";
export { runProgram } from "./runProgram.ts";
export { noteStopping, type StopSignal, signalExitCode, stopSignal } from "./stopSignal.ts";
