import type { Abi } from "viem";
import type { Diagnostic } from "./diagnostic.ts";

export type Tier = "evm" | "wasm" | "container";

/**
 * One language in one tier. A new one is one file in `languages/` that makes one of these, and a line in
 * `languages.ts`; projects, cache, watching, deploying and testing know no language.
 */
export interface Toolchain {
  /** The word for it in project files and after `--lang`. */
  readonly language: string;
  readonly tier: Tier;
  /** How the files end whose change may change what is built. */
  readonly endings: readonly string[];
  /** Whether a file of the project is a contract of this language; `path` is relative to the project, with `/`. */
  isContract(path: string, text: string): boolean;
  /**
   * Names and versions of all that compiles, so that an output says what made it. Throws `Unavailable` that names
   * what this machine lacks and how to get it.
   */
  tools(root: string): Promise<Tools>;
  /** What the compilers are told besides the sources; another list is another build. */
  flags(root: string): readonly string[];
  /** What is compiled in one run: all of a project's sources together, or each by itself. */
  units(sources: readonly string[]): readonly (readonly string[])[];
  /**
   * Compiles one unit in a process of its own; equal input gives equal bytes on every machine. Throws
   * `CompileFailed` with all that the compiler said.
   */
  compile(request: CompileRequest): Promise<CompileResult>;
}

export type Tools = Readonly<Record<string, string>>;

export type CompileRequest = {
  /** The project's folder. */
  readonly root: string;
  /** Paths in the project. */
  readonly sources: readonly string[];
  /** Told what takes long. */
  readonly progress: (text: string) => void;
};

export type CompileResult = {
  readonly contracts: readonly CompiledContract[];
  readonly warnings: readonly Diagnostic[];
};

export type CompiledContract = {
  readonly name: string;
  /** Path of the contract's own source in the project. */
  readonly source: string;
  /** Init code or envelope: a creation's data up to the constructor's arguments. */
  readonly code: Uint8Array;
  readonly abi: Abi;
  /** Names of all files that went in; `readInput` finds them again. */
  readonly inputs: readonly string[];
  /** Of a container: what runs, which lies in the image store. */
  readonly image?: { readonly digest: string; readonly platform: string };
};
