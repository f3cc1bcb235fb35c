import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, isAbsolute, join, sep } from "node:path";
import { classPath, type JavaToolchain, SDK } from "./toolchain.ts";

/** The virtual machine of the compilers: they run for seconds, so its own best compiler would only be in the way. */
const MACHINE_FLAGS: readonly string[] = [
  "-XX:+UseSerialGC",
  "-XX:TieredStopAtLevel=1",
  "-Xmx1g",
  "-Dfile.encoding=UTF-8",
  "-Dstdout.encoding=UTF-8",
  "-Dstderr.encoding=UTF-8",
];

/** Contracts compile in a few seconds; a compiler or a test that takes this long is stuck. */
const TIMEOUT_MS = 300_000;

/** What a compiler or tests may say on each of two streams; what is longer repeats itself. */
const TEXT_BYTES_MAX: number = 1024 * 1024;

/** The sources are at fault. The message has what the compilers said, as javac writes it. */
export class JavaRefused extends Error {
  override readonly name = "JavaRefused";
}

/** What one of the programs in `build/` came to. */
export type JobResult = {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  /** Messages with the author's own paths, and without the compiler's count. */
  readonly messages: string;
};

/**
 * Writes sources into a temporary folder, runs a program of `build/` on them and hands what it came to and its output
 * folder to `use`; then removes it all. Throws `JavaRefused` for sources that are none.
 */
export async function runJob<T>(
  { java, jars, tools }: JavaToolchain,
  program: "Build" | "TestRun",
  files: Readonly<Record<string, string>>,
  flags: readonly string[],
  use: (result: JobResult, output: string) => T | Promise<T>,
): Promise<T> {
  const job = mkdtempSync(join(tmpdir(), "delchain-java-"));
  try {
    const sources = join(job, "sources");
    const output = join(job, "output");
    writeSources(sources, files);
    const machine = [...MACHINE_FLAGS, "-cp", classPath([tools, ...jars])];
    const args = [`org.delchain.build.${program}`, tools, SDK, sources, output, ...flags];
    const { stderr, ...result } = await run(java, [...machine, ...args]);
    const messages = stderr
      .replaceAll(`${sources}${sep}`, "")
      .replace(/^\d+\. ERROR: /gm, "")
      .replace(/^\d+ problems? \(.*\)$/gm, "")
      .trim();
    return await use({ ...result, messages }, output);
  } finally {
    rmSync(job, { recursive: true, force: true });
  }
}

function writeSources(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    if (isAbsolute(path) || path.split(/[/\\]/).includes("..") || !path.endsWith(".java")) {
      throw new JavaRefused(`${path} is no path of a Java source inside the project`);
    }
    if (/^\s*package\s+org\.(delchain|teavm)\b/m.test(text)) {
      throw new JavaRefused(`${path} is in the SDK's own package: choose another one`);
    }
    const target = join(folder, path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, text);
  }
}

type Ended = Omit<JobResult, "messages"> & { readonly stderr: string };

function run(java: string, args: readonly string[]): Promise<Ended> {
  const child = spawn(java, args, { stdio: ["ignore", "pipe", "pipe"], timeout: TIMEOUT_MS });
  const text = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (part: string) => {
      if (text[name].length < TEXT_BYTES_MAX) text[name] += part;
    });
  }
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => resolve({ code, signal, ...text }));
  });
}
