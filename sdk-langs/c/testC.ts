import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { C_FLAGS, compileC } from "./compile.ts";
import { includedSources } from "./includes.ts";
import type { TestAnswer, TestJob } from "./testWorker.ts";

/** A unit test runs for milliseconds. */
const TEST_TIMEOUT_MS = 10_000;
const EXPORTED = /^test (\w+)$/;

export type TestC = {
  /** Sources and headers of contracts and tests by path. */
  readonly files: Readonly<Record<string, string>>;
  /** The files whose tests are run, keys of `files`. */
  readonly tests: readonly string[];
  /** What compiles a test file that tests a container's contract; the others are compiled for the WebAssembly tier. */
  readonly containerFlags?: readonly string[];
  /** A regular expression that names of tests must match. */
  readonly grep?: string;
  readonly progress?: (text: string) => void;
};

export type TestedC = {
  readonly passed: number;
  readonly failed: number;
  /** For people: each test, and where one failed why, with file and line. */
  readonly report: string;
};

/**
 * Compiles test files with their contracts and runs them on a host in memory (`delchain_test.h`), each test in an
 * instance of its own. Throws an `Error` with the compiler's messages.
 */
export async function testC({
  files,
  tests,
  containerFlags = C_FLAGS,
  grep = "",
  progress = () => undefined,
}: TestC): Promise<TestedC> {
  const matching = new RegExp(grep);
  const lines: string[] = [];
  let [passed, failed] = [0, 0];
  for (const main of tests) {
    progress(`compiling ${main}`);
    const flags = isOfContainer(main, files) ? containerFlags : C_FLAGS;
    const bytes = await compileC({ main, files, flags });
    const names = testNames(bytes).filter((name) => matching.test(titleOf(name)));
    for (const { name, failure } of await runAll(bytes, names)) {
      if (failure === undefined) passed++;
      else failed++;
      lines.push(`${failure === undefined ? "✔" : "✖"} ${titleOf(name)}`);
      if (failure !== undefined) lines.push(`    ${failure}`);
    }
  }
  return { passed, failed, report: lines.join("\n") };
}

/** The contract that a test includes says which tier it is for. */
function isOfContainer(main: string, files: TestC["files"]): boolean {
  const sources = includedSources({ file: main, text: files[main] ?? "" }, (file) => files[file]);
  return sources.some(({ text }) => /^\s*#\s*include\s*[<"]container\.h[>"]/m.test(text));
}

function testNames(bytes: Uint8Array): readonly string[] {
  const module = new WebAssembly.Module(new Uint8Array(bytes));
  return WebAssembly.Module.exports(module).flatMap(({ name }) =>
    EXPORTED.test(name) ? [name] : [],
  );
}

function titleOf(name: string): string {
  return name.replace(EXPORTED, "$1").replaceAll("_", " ");
}

type Ran = { readonly name: string; readonly failure: string | undefined };

/** One after the other in a thread; one that does not end ends the thread, and the next one goes on behind it. */
async function runAll(module: Uint8Array, names: readonly string[]): Promise<readonly Ran[]> {
  const ran: Ran[] = [];
  while (ran.length < names.length) {
    ran.push(...(await runThread({ module, names: names.slice(ran.length) })));
  }
  return ran;
}

async function runThread(job: TestJob): Promise<readonly Ran[]> {
  const worker = new Worker(new URL("./testWorker.ts", import.meta.url), { workerData: job });
  const ran: Ran[] = [];
  let timer: NodeJS.Timeout | undefined;
  worker.on("message", (answer: TestAnswer) => {
    clearTimeout(timer);
    if (!("begun" in answer)) {
      ran.push({ name: job.names[ran.length] as string, failure: answer.failure });
      return;
    }
    timer = setTimeout(() => {
      const failure = `it runs for more than ${TEST_TIMEOUT_MS / 1_000} s: a loop that does not end`;
      ran.push({ name: answer.begun, failure });
      void worker.terminate();
    }, TEST_TIMEOUT_MS);
  });
  await once(worker, "exit");
  clearTimeout(timer);
  return ran;
}
