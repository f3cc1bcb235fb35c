import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { JavaRefused, type JobResult, runJob } from "./javaJob.ts";
import { javaToolchain, type ToolchainOptions } from "./toolchain.ts";

export type TestJava = ToolchainOptions & {
  /** Sources of contracts and of their JUnit tests by path. */
  readonly files: Readonly<Record<string, string>>;
  /** The files whose tests are run; all that end with `Test.java` unless told. */
  readonly tests?: readonly string[];
  /** A regular expression of Java that names of tests must match. */
  readonly grep?: string;
};

export type TestedContract = {
  readonly passed: number;
  readonly failed: number;
  /** For people: each test, and where one failed the message with file and line. */
  readonly report: string;
};

const DOES_NOT_COMPILE = 2;

/**
 * Runs JUnit tests of contracts in plain Java, on a host in memory (`org.delchain.World`): quick and with a debugger's
 * line numbers, but without gas. Throws `ToolchainMissing`, and `JavaRefused` with the compiler's messages.
 */
export async function testJava({
  files,
  tests = Object.keys(files).filter((path) => path.endsWith("Test.java")),
  grep = "",
  progress = () => undefined,
  ...options
}: TestJava): Promise<TestedContract> {
  const toolchain = await javaToolchain({ ...options, progress });
  progress("compiling and running JUnit tests");
  const classes = tests.map((path) => `${className(path, files[path] ?? "")}=${path}`);
  return runJob(toolchain, "TestRun", files, [grep, ...classes], readReport);
}

/** The package that a source names; empty for Java's unnamed one. */
export function packageOf(text: string): string {
  return /^\s*package\s+([\w.]+)\s*;/m.exec(text)?.[1] ?? "";
}

function className(path: string, text: string): string {
  const name = packageOf(text);
  return `${name === "" ? "" : `${name}.`}${basename(path, ".java")}`;
}

function readReport({ code, signal, stdout, messages }: JobResult, output: string): TestedContract {
  if (code === DOES_NOT_COMPILE) throw new JavaRefused(`the tests do not compile:\n${messages}`);
  if (code !== 0) throw new Error(`the tests ended with ${code ?? signal}:\n${messages}`);
  const counts = JSON.parse(readFileSync(join(output, "tests.json"), "utf8")) as Pick<
    TestedContract,
    "passed" | "failed"
  >;
  return { ...counts, report: stdout.trimEnd() };
}
