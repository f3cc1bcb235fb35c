import { fork } from "node:child_process";
import type { AbiEntry } from "@delchain/node/host";

/** A contract's module as it is loaded: what it is called with, and what it consists of. */
export type DescribedContract = {
  readonly abi: readonly AbiEntry[];
  /** Text of all files that went in, by the place that they have in the image: `contracts/Token.ts`. */
  readonly files: Readonly<Record<string, string>>;
};

/** Why a module is no contract. */
export type DescribeRefusal = {
  readonly message: string;
  /** In a file of the project; `undefined` when that is not known. */
  readonly place:
    | { readonly file: string; readonly line: number; readonly column: number }
    | undefined;
};

export type DescribeAnswer = DescribedContract | { readonly refused: DescribeRefusal };

export type DescribeJob = {
  /** The project's folder. */
  readonly root: string;
  /** Path in the project of the module that exports the contract. */
  readonly main: string;
};

/** Every call loads the module anew, so that what takes longer is a loop. */
const LOAD_TIMEOUT_MS = 10_000;

/** The module is no contract, or imports what no contract may. */
export class ContractRefused extends Error {
  override readonly name = "ContractRefused";
  readonly refusal: DescribeRefusal;

  constructor(refusal: DescribeRefusal) {
    super(refusal.message);
    this.refusal = refusal;
  }
}

/**
 * Loads a contract's module as its image will, in a process and a realm of its own, and tells its ABI and its files.
 * Throws `ContractRefused`.
 */
export async function describeNodeContract(
  job: DescribeJob,
  timeoutMs: number = LOAD_TIMEOUT_MS,
): Promise<DescribedContract> {
  const child = fork(new URL("./describeProcess.ts", import.meta.url), {
    // `delchain verify` loads what strangers have published: whoever gets out of the realm may read, and neither write,
    // start a program nor reach the network.
    execArgv: ["--disable-warning=ExperimentalWarning", "--permission", "--allow-fs-read=*"],
    env: { TZ: "UTC" },
    timeout: timeoutMs,
    // What no signal handler of the module's can keep alive.
    killSignal: "SIGKILL",
  });
  const { promise, resolve } = Promise.withResolvers<DescribeAnswer>();
  child.once("error", (error) => resolve(refused(error.message)));
  child.once("message", (answer: DescribeAnswer) => resolve(answer));
  child.once("exit", (code, signal) =>
    resolve(
      refused(
        signal === "SIGKILL"
          ? `${job.main} was not loaded after ${timeoutMs} ms: what stands outside of functions runs in every call, and must end`
          : `the process that loads ${job.main} ended with ${code ?? signal}`,
      ),
    ),
  );
  child.send(job);
  const answer = await promise;
  if ("refused" in answer) throw new ContractRefused(answer.refused);
  return answer;
}

function refused(message: string): DescribeAnswer {
  return { refused: { message, place: undefined } };
}
