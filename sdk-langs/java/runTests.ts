import { type JobResult, runJob } from "./javaJob.ts";
import { javaToolchain, type ToolchainOptions } from "./toolchain.ts";

export type TestJava = ToolchainOptions & {
  /** Sources of one contract and of its JUnit tests by path. */
  readonly files: Readonly<Record<string, string>>;
};

export type TestedContract = {
  readonly passed: number;
  readonly failed: number;
  /** JUnit's own report, for people. */
  readonly report: string;
};

const DOES_NOT_COMPILE = 2;

/**
 * Runs a contract's JUnit tests in plain Java, on a host in memory (`org.delchain.World`): quick and with a debugger's
 * line numbers, but without gas. Throws `ToolchainMissing`, and an `Error` with the compiler's messages.
 */
export async function testJava({
  files,
  progress = () => undefined,
  ...options
}: TestJava): Promise<TestedContract> {
  const toolchain = await javaToolchain({ ...options, progress });
  progress("compiling and running JUnit tests");
  return runJob(toolchain, "TestRun", files, [], readReport);
}

function readReport({ code, signal, stdout, messages }: JobResult): TestedContract {
  const count = (what: string): number | undefined => {
    const number = new RegExp(`\\[\\s*(\\d+) tests ${what}`).exec(stdout)?.[1];
    return number === undefined ? undefined : Number(number);
  };
  const [passed, failed] = [count("successful"), count("failed")];
  if (passed !== undefined && failed !== undefined) return { passed, failed, report: stdout };
  if (code === DOES_NOT_COMPILE) throw new Error(`the tests do not compile:\n${messages}`);
  throw new Error(`the tests ended with ${code ?? signal}:\n${messages}`);
}
