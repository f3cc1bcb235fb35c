import { constants } from "node:os";
import { terminal } from "./output.ts";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
export type StopSignal = (typeof SIGNALS)[number];

/** A terminal and a launcher both deliver one Ctrl-C; what comes later than this is a second one. */
const SAME_MS = 1_000;

/**
 * Resolves when somebody presses Ctrl-C, asks the process to end, closes its terminal, or no longer reads what it
 * prints. A second signal ends the process at once, without closing anything. Call it before the work begins.
 */
export function stopSignal(): Promise<StopSignal> {
  const { promise, resolve } = Promise.withResolvers<StopSignal>();
  let firstMs: number | undefined;
  const stop = (signal: StopSignal) => {
    const nowMs = performance.now();
    firstMs ??= nowMs;
    if (nowMs - firstMs > SAME_MS) process.exit(signalExitCode(signal));
    resolve(signal);
  };
  for (const signal of SIGNALS) process.on(signal, () => stop(signal));
  // `delchain devnet | head`: nobody is told by an exception in the middle of a block.
  process.stdout.on("error", () => stop("SIGTERM"));
  process.stderr.on("error", () => undefined);
  return promise;
}

/** What a shell says of a command that a signal ended: 130 for Ctrl-C. */
export function signalExitCode(signal: StopSignal): number {
  return 128 + constants.signals[signal];
}

/** Said while everything is closed. */
export function noteStopping(): void {
  terminal.note("Stopping: containers and database are being closed …");
}
