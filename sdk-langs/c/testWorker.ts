import { parentPort, workerData } from "node:worker_threads";
import { Exited, TestFailed } from "./testFailure.ts";
import { TestHost } from "./testHost.ts";

// The tests of one file, each in an instance of its own; told one by one, because one that never ends ends the thread.

export type TestJob = { readonly module: Uint8Array; readonly names: readonly string[] };
export type TestAnswer = { readonly begun: string } | { readonly failure: string | undefined };

const { module: bytes, names } = workerData as TestJob;
const module = new WebAssembly.Module(new Uint8Array(bytes));
const say = (answer: TestAnswer): void => parentPort?.postMessage(answer);

/** What did not hold; nothing when the test passed. */
function run(name: string): string | undefined {
  const host = new TestHost();
  const { exports } = new WebAssembly.Instance(module, host.imports(module));
  host.memory = exports.memory as WebAssembly.Memory;
  try {
    (exports[name] as () => void)();
    if (host.awaitedAt === undefined) return undefined;
    return `${host.awaitedAt}: nothing reverted`;
  } catch (error) {
    return failureOf(error, host);
  }
}

function failureOf(error: unknown, host: TestHost): string | undefined {
  if (error instanceof TestFailed) return error.message;
  if (!(error instanceof Exited)) return `halted: ${(error as Error).message}`;
  try {
    host.checkRevert();
    return undefined;
  } catch (unexpected) {
    return (unexpected as Error).message;
  }
}

for (const name of names) {
  say({ begun: name });
  say({ failure: run(name) });
}
