import { spawn } from "node:child_process";
import { existsSync, globSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CommandError } from "../commandError.ts";
import { EXIT } from "../exitCodes.ts";

/** Tests in TypeScript, each on a chain of its own. */
export const TEST_PATTERN = "test/**/*.test.ts";
/** A container's first call may take a cold start; a test that takes longer hangs. */
const TIMEOUT_MS = 120_000;

/** What test processes write down, a JSON file each, into a folder that they know by its variable. */
export type Recording = "DELCHAIN_GAS_FOLDER" | "DELCHAIN_PROFILE_FOLDER";

export type TestRun = {
  /** 0 when all tests passed. */
  readonly code: number;
  /** Parsed, in no order. */
  readonly recorded: (recording: Recording) => readonly unknown[];
};

/** The project's tests on a chain. Throws `CommandError` when there are none. */
export function chainTests(root: string): readonly string[] {
  const files = globSync(TEST_PATTERN, { cwd: root }).sort();
  if (files.length > 0) return files;
  throw noTests(root);
}

export function noTests(root: string): CommandError {
  return new CommandError(
    `${root} has no ${TEST_PATTERN}; a new project has one to begin with`,
    EXIT.usage,
  );
}

/** Runs tests under node's own runner, each file with a chain of its own, and reads what they recorded. */
export async function runTests(
  root: string,
  files: readonly string[],
  options: { readonly grep?: string; readonly json: boolean },
  recordings: readonly Recording[],
): Promise<TestRun> {
  // Without names node's runner would look for tests by itself.
  if (files.length === 0) return { code: 0, recorded: () => [] };
  const folder = mkdtempSync(join(tmpdir(), "delchain-test-"));
  try {
    const folders = Object.fromEntries(recordings.map((name) => [name, join(folder, name)]));
    const code = await spawnTests(root, files, options, folders);
    const read = Object.fromEntries(recordings.map((name) => [name, readAll(join(folder, name))]));
    return { code, recorded: (recording) => read[recording] ?? [] };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function readAll(folder: string): readonly unknown[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder).map((file) => JSON.parse(readFileSync(join(folder, file), "utf8")));
}

function spawnTests(
  root: string,
  files: readonly string[],
  { grep, json }: { readonly grep?: string; readonly json: boolean },
  folders: Readonly<Record<string, string>>,
): Promise<number> {
  const args = [
    "--test",
    "--test-reporter=spec",
    // Two files at a time: each has a chain with its threads.
    "--test-concurrency=2",
    `--test-timeout=${TIMEOUT_MS}`,
    ...(grep === undefined ? [] : [`--test-name-pattern=${grep}`]),
    ...files,
  ];
  // What the runner prints is for people: with --json standard output is the answer's alone.
  const stdio = ["inherit", json ? 2 : "inherit", "inherit"] as const;
  // Below another run of node's runner, which would skip every file of this one without a word.
  const env = { ...process.env, ...folders, NODE_TEST_CONTEXT: undefined };
  const child = spawn(process.execPath, args, { cwd: root, stdio: [...stdio], env });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve(code ?? EXIT.failed));
  });
}
