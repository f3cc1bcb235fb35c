import { fork } from "node:child_process";
import type { Abi, Hex } from "viem";
import type { StorageLayout } from "./storageLayout.ts";

const OPTIMIZER: object = { enabled: true, runs: 200 };

/** The newest rules that the executor runs, and no metadata hash, so that comments do not change the bytes. */
export const SOLIDITY_SETTINGS: object = {
  evmVersion: "osaka",
  optimizer: OPTIMIZER,
  metadata: { appendCBOR: false, bytecodeHash: "none" },
  outputSelection: { "*": { "*": ["abi", "metadata", "storageLayout", "evm.bytecode.object"] } },
};

/** What a project may choose of the compiler's settings; the rest is the chain's. */
export type SolidityOptions = {
  readonly optimizer?:
    | {
        readonly enabled?: boolean | undefined;
        readonly runs?: number | undefined;
      }
    | undefined;
  readonly viaIR?: boolean | undefined;
  readonly evmVersion?: (typeof EVM_VERSIONS)[number] | undefined;
};

/** Rules that code may be compiled for; the executor runs the newest, and all that older ones have. */
export const EVM_VERSIONS = ["london", "paris", "shanghai", "cancun", "prague", "osaka"] as const;

/** solc's settings with what a project has chosen. */
export function soliditySettings({ optimizer, ...others }: SolidityOptions = {}): object {
  return { ...SOLIDITY_SETTINGS, ...others, optimizer: { ...OPTIMIZER, ...optimizer } };
}

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
  readonly options?: SolidityOptions;
};

export type SolidityContract = {
  readonly file: string;
  readonly name: string;
  readonly abi: Abi;
  /** `0x` alone for interfaces and abstract contracts. Zeros where `links` go. */
  readonly initCode: Hex;
  /** Libraries whose public functions it calls: their addresses go into the code. */
  readonly links: readonly SolidityLink[];
  readonly storageLayout: StorageLayout;
  /** Source unit names of all that went into it, sorted. */
  readonly inputs: readonly string[];
  readonly debug: SolidityDebug;
};

/** A library, and the first bytes of 20 in the init code that its address takes. */
export type SolidityLink = {
  readonly file: string;
  readonly name: string;
  readonly starts: readonly number[];
};

/** What says where code comes from (Solidity documentation, "Source Mappings"). */
export type SolidityDebug = {
  readonly initMap: string;
  /** Where libraries' addresses go in the init code: first byte and count. */
  readonly initGaps: readonly Gap[];
  /** The code that the creation returns, with zeros where immutable values and addresses will be. */
  readonly deployed: Hex;
  readonly deployedMap: string;
  /** First byte and count of each of those. */
  readonly deployedGaps: readonly Gap[];
};

type Gap = readonly [start: number, length: number];

/** Start and end are offsets in the file's UTF-8 bytes. */
export type SolidityFunction = {
  readonly name: string;
  readonly file: string;
  readonly start: number;
  readonly end: number;
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
  /** Source unit names by the numbers that source maps have for them. */
  readonly fileIds: Readonly<Record<number, string>>;
  /** Everything that has a body, of all sources. */
  readonly functions: readonly SolidityFunction[];
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

function ask({ options, ...input }: CompileSolidity): Promise<CompilerAnswer> {
  const child = fork(new URL("./compilerProcess.ts", import.meta.url), {
    serialization: "advanced",
    execArgv: [],
    timeout: COMPILE_TIMEOUT_MS,
  });
  const { promise, resolve, reject } = Promise.withResolvers<CompilerAnswer>();
  child.once("error", reject);
  child.once("exit", (code) => reject(new Error(`the Solidity compiler's process ended: ${code}`)));
  child.once("message", (answer: CompilerAnswer) => resolve(answer));
  child.send({ ...input, settings: soliditySettings(options) });
  return promise;
}
