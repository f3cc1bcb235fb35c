import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Compiled modules of all starts of this test run: it halves the time that a start takes. */
const COMPILE_CACHE = mkdtempSync(join(tmpdir(), "delchain-compiled-"));
process.once("exit", () => rmSync(COMPILE_CACHE, { recursive: true, force: true }));

/** A node as a child process. */
export type NodeProcess = {
  readonly child: ChildProcess;
  /** The address; rejects with what the process wrote when it ends instead. */
  readonly url: Promise<string>;
  /** Resolves to exit code and signal when the process is gone. */
  readonly ended: Promise<{ readonly code: number | null; readonly signal: string | null }>;
  readonly errors: () => string;
};

/** Runs a script that prints a line of JSON with `url` once it listens. */
export function startProcess(script: string, ...args: readonly string[]): NodeProcess {
  return track(process.execPath, [script, ...args]);
}

/** The same on a machine on which no file can grow beyond so many blocks of 512 bytes. */
export function startCramped(
  fileBlocksMax: number,
  script: string,
  ...args: readonly string[]
): NodeProcess {
  const limited = `ulimit -f ${fileBlocksMax} && exec "$0" "$@"`;
  return track("sh", ["-c", limited, process.execPath, script, ...args]);
}

function track(command: string, args: readonly string[]): NodeProcess {
  const child = spawn(command, args, {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, NODE_COMPILE_CACHE: COMPILE_CACHE },
  });
  let [output, errors] = ["", ""];
  child.stderr.on("data", (data: Buffer) => {
    errors = (errors + data.toString()).slice(-16_384);
  });
  const ended = once(child, "close").then(([code, signal]) => ({ code, signal }));
  const url = new Promise<string>((resolve, reject) => {
    child.stdout.on("data", (data: Buffer) => {
      output += data.toString();
      const found = /"url":"([^"]+)"/.exec(output)?.[1];
      if (found) resolve(found);
    });
    void ended.then(() => reject(new Error(`the node ended before it listened: ${errors}`)));
  });
  // Who kills it early does not wait for it.
  url.catch(() => undefined);
  return { child, url, ended, errors: () => errors };
}
