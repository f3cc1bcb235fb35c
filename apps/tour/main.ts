import { DEVNET_MNEMONIC, type RunningNode } from "@delchain/chain";
import {
  CommandError,
  createCommand,
  type DevnetPlace,
  EXIT,
  examples,
  jsonOption,
  noteStopping,
  openDevnet,
  placeOptions,
  printAccounts,
  runProgram,
  type StopSignal,
  signalExitCode,
  stopSignal,
  terminal,
  terminalWidth,
} from "@delchain/cli";
import { mnemonicToAccount } from "viem/accounts";
import type { Row } from "./row.ts";
import { tourTable } from "./table.ts";
import { tour } from "./tour.ts";

type Options = Pick<DevnetPlace, "port" | "data"> & {
  readonly once: boolean;
  readonly json: boolean;
};

const ABOUT = `A devnet on this machine, and one token in every language on it.

It stays up until Ctrl-C, which closes everything and is success (exit code 0).
With --once the exit code is 1 when a row failed and 130 when it was interrupted.
A row that was left out says why, and is no failure.`;

function tourCommand(): ReturnType<typeof createCommand> {
  const command = createCommand("npm start --", ABOUT)
    .option("--once", "end after the tour", false)
    .addOption(jsonOption("a JSON line for each row instead of the table"));
  for (const option of placeOptions()) command.addOption(option);
  return command
    .addHelpText(
      "after",
      examples(
        "npm start",
        "npm start -- --port 0 --data ./chain",
        "npm start --silent -- --once --json",
      ),
    )
    .action(run);
}

/** Starts the devnet, shows every kind of contract on it, and stays up until Ctrl-C. */
async function run(options: Options): Promise<void> {
  const stop = stopSignal();
  terminal.note("Starting the devnet …");
  const node = await openDevnet({ ...options, host: "127.0.0.1", log: "warn" });
  terminal.note(`DelChain devnet at ${node.url} (HTTP and WebSocket), chain id ${node.chainId}`);
  const failed = node.failed.then((error) => Promise.reject(error));
  try {
    const show = options.json ? terminal.json : (row: Row) => terminal.note(progressLine(row));
    const ended = await Promise.race([tourOf(node, stop, show), stop, failed]);
    if (typeof ended === "string") return endInterrupted(ended, options);
    if (!options.json) terminal.line(`\n${tourTable(ended, terminalWidth())}\n`);
    if (options.once) return endTour(ended);
    if (!options.json) printAccounts(terminal);
    terminal.note(`\n${node.url} stays up until Ctrl-C.`);
    await Promise.race([stop, failed]);
  } finally {
    noteStopping();
    await node.close();
  }
}

/** Shows each row when it is there, and none of those that fail because the chain is being closed. */
function tourOf(
  node: RunningNode,
  stop: Promise<unknown>,
  show: (row: Row) => void,
): Promise<readonly Row[]> {
  terminal.note("Deploying and calling one token in every language …");
  let isStopped = false;
  void stop.then(() => {
    isStopped = true;
  });
  return tour({
    url: node.url,
    chainId: Number(node.chainId),
    account: mnemonicToAccount(DEVNET_MNEMONIC),
    receiver: mnemonicToAccount(DEVNET_MNEMONIC, { addressIndex: 1 }).address,
    drivers: node.drivers,
    onRow: (row) => {
      if (!isStopped) show(row);
    },
  });
}

function progressLine({ contract, language, tier, status }: Row): string {
  const mark = status === "ok" ? "✓" : status === "failed" ? "✗" : "·";
  return `  ${mark} ${contract} in ${language} (${tier})${status === "ok" ? "" : `: ${status}`}`;
}

function endTour(rows: readonly Row[]): void {
  const count = rows.filter(({ status }) => status === "failed").length;
  if (count > 0) throw new CommandError(`${count} of ${rows.length} rows failed`, EXIT.failed);
}

/** A chain that should stay up was only asked to stop; a tour that should end has not. */
function endInterrupted(signal: StopSignal, { once }: Options): void {
  if (once) throw new CommandError("interrupted before the tour's end", signalExitCode(signal));
}

// The tour's client may still wait for a receipt of the chain that was closed.
process.exit(await runProgram(tourCommand()));
