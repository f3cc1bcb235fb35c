import { fork } from "node:child_process";
import type { Abi, Hex } from "viem";

/** The newest rules that the executor runs, and no metadata hash, so that comments do not change the bytes. */
export const SOLIDITY_SETTINGS: object = {
  evmVersion: "osaka",
  optimizer: { enabled: true, runs: 200 },
  metadata: { appendCBOR: false, bytecodeHash: "none" },
  outputSelection: { "*": { "*": ["abi", "metadata", "evm.bytecode.object"] } },
};

/** All of OpenZeppelin takes ten seconds; a compiler that takes this long is stuck. */
const COMPILE_TIMEOUT_MS = 300_000;

export type CompileSolidity = {
  /** What to compile: text by source unit name, which is a path below `root`. */
  readonly files: Readonly<Record<string, string>>;
  /**
   * Where imports lie that are not among `files`: in this folder, or in the `node_modules` of it and of those above.
   * Without it there are no others.
   */
  readonly root?: string;
  /** `prefix=target`, as solc and Foundry write them. */
  readonly remappings?: readonly string[];
};

export type SolidityContract = {
  readonly file: string;
  readonly name: string;
  readonly abi: Abi;
  /** `0x` alone for interfaces and abstract contracts. Holds `__$…$__` where a library must be linked. */
  readonly initCode: Hex;
  /** Source unit names of all that went into it, sorted. */
  readonly inputs: readonly string[];
};

export type SolidityMessage = {
  readonly severity: "error" | "warning" | "info";
  readonly text: string;
  /** Start and end are offsets in the file's UTF-8 bytes. */
  readonly at: { readonly file: string; readonly start: number; readonly end: number } | undefined;
};

export type CompiledSolidity = {
  /** By file, then by name. */
  readonly contracts: readonly SolidityContract[];
  /** Every source that went in by its source unit name, imports included. */
  readonly sources: Readonly<Record<string, string>>;
  /** Warnings and remarks. */
  readonly messages: readonly SolidityMessage[];
};

export type CompilerAnswer = CompiledSolidity | { readonly error: string };

/** The compiler refused the sources; `messages` says where and why. */
export class SolidityRefused extends Error {
  override readonly name = "SolidityRefused";
  readonly messages: readonly SolidityMessage[];

  constructor(messages: readonly SolidityMessage[]) {
    super(messages.map(({ text }) => text).join("\n"));
    this.messages = messages;
  }
}

/**
 * Compiles Solidity to init code and ABIs; the same input gives the same bytes on every machine. The compiler takes
 * some 250 MB, so it runs in a process of its own. Throws `SolidityRefused` with the compiler's messages.
 */
export async function compileSolidity(input: CompileSolidity): Promise<CompiledSolidity> {
  const answer = await ask(input);
  if ("error" in answer) throw new Error(`solc does not run: ${answer.error}`);
  const errors = answer.messages.filter(({ severity }) => severity === "error");
  if (errors.length > 0) throw new SolidityRefused(errors);
  return answer;
}

function ask(input: CompileSolidity): Promise<CompilerAnswer> {
  const child = fork(new URL("./compilerProcess.ts", import.meta.url), {
    serialization: "advanced",
    execArgv: [],
    timeout: COMPILE_TIMEOUT_MS,
  });
  const { promise, resolve, reject } = Promise.withResolvers<CompilerAnswer>();
  child.once("error", reject);
  child.once("exit", (code) => reject(new Error(`the Solidity compiler's process ended: ${code}`)));
  child.once("message", (answer: CompilerAnswer) => resolve(answer));
  child.send({ ...input, settings: SOLIDITY_SETTINGS });
  return promise;
}
