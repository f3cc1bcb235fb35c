import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";

const ROOT = join(import.meta.dirname, "../../..");

export type Ended = {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
};

/** A program of the repository, running as people run it; killed with the test that began it. */
export type Running = {
  readonly child: ChildProcess;
  /** The next line on standard output or error that matches; throws when the program ends before. */
  readonly line: (pattern: RegExp) => Promise<string>;
  readonly ended: Promise<Ended>;
} & Disposable;

/** Starts `command` in the repository with this environment and `env`; without colours, whatever the terminal. */
export function startProgram(
  command: readonly string[],
  env: Readonly<Record<string, string | undefined>> = {},
): Running {
  const [file = "", ...args] = command;
  const child = spawn(file, args, {
    cwd: ROOT,
    env: { ...process.env, NO_COLOR: "1", FORCE_COLOR: undefined, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const text = { stdout: "", stderr: "" };
  const lines: string[] = [];
  const wake = new Set<() => void>();
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (data: string) => {
      text[name] += data;
    });
    createInterface({ input: child[name] }).on("line", (line) => {
      lines.push(line);
      for (const look of wake) look();
    });
  }
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, ...text }));
  });
  const line = (pattern: RegExp): Promise<string> =>
    new Promise((resolve, reject) => {
      const look = () => {
        const found = lines.find((each) => pattern.test(each));
        if (found === undefined) return;
        wake.delete(look);
        resolve(found);
      };
      wake.add(look);
      look();
      void ended.then(() => reject(new Error(`ended without ${pattern}: ${text.stderr}`)), reject);
    });
  return { child, line, ended, [Symbol.dispose]: () => void child.kill("SIGKILL") };
}

/** Runs a TypeScript program of the repository under this Node, to its end. */
export function runScript(
  script: string,
  args: readonly string[],
  env?: Readonly<Record<string, string | undefined>>,
): Promise<Ended> {
  return startProgram([process.execPath, script, ...args], env).ended;
}
