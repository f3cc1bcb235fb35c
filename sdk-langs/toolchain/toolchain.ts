import type { ImageDigest, Manifest, Platform } from "@delchain/runtime";
import type { StorageLayout } from "@delchain/solidity";
import type { Abi } from "viem";
import type { Diagnostic } from "./diagnostic.ts";
import type { SourceLines } from "./lines/sourceLines.ts";
import type { LibraryPlaces } from "./linkLibraries.ts";

export type Tier = "evm" | "wasm" | "container";

/**
 * One language in one tier. A new one is one file in `languages/` that makes one of these, and a line in
 * `languages.ts`; projects, cache, watching, deploying and testing know no language.
 */
export interface Toolchain {
  /** The word for it in project files and after `--lang`. */
  readonly language: string;
  readonly tier: Tier;
  /** In the container tier, of a language that has several: what its program runs on. */
  readonly platform?: Platform;
  /** Of containers: what its manifests ask for. Another one is another build. */
  readonly manifest?: ManifestNeeds;
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
  /** Tests in the language itself, beside those in TypeScript; tiers that share them share the object. */
  readonly unitTests?: UnitTests;
}

/**
 * `strict` costs a call 0.15 ms in C and 0.6 ms in PHP, and 3 to 4 ms in Java and Node, whose launchers already keep clock,
 * random numbers and machine from a contract.
 */
export type ManifestNeeds = Pick<Manifest, "resources" | "isolation" | "determinism">;

export type UnitTests = {
  /** The test files, as a glob in the project. */
  readonly pattern: string;
  /**
   * Runs test files under the language's own runner, in a process of its own; `grep` is a regular expression that
   * names must match. Throws `CompileFailed`, and `Unavailable` when this machine lacks the runner.
   */
  run(request: UnitTestRequest): Promise<UnitTestResult>;
};

export type UnitTestRequest = {
  /** The project's folder. */
  readonly root: string;
  /** The project's contracts in the language, whatever their tier. */
  readonly sources: readonly string[];
  /** Paths in the project that match the pattern. */
  readonly files: readonly string[];
  readonly grep?: string;
  readonly progress: (text: string) => void;
};

export type UnitTestResult = {
  readonly passed: number;
  readonly failed: number;
  /** For people: what failed, with file and line. */
  readonly report: string;
};

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
  /** Which line each position of the code comes from; `undefined` where the language's compiler does not say. */
  readonly lines?: SourceLines;
  /** Of a container: what runs, which lies in the image store. */
  readonly image?: { readonly digest: ImageDigest; readonly platform: string };
  /** Where its variables lie, when the compiler says so. */
  readonly storageLayout?: StorageLayout;
  /** What must be deployed before it. */
  readonly libraries?: LibraryPlaces;
};
