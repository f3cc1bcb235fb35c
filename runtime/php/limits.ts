import type { ModuleLimits } from "../wasm/instrument/limits.ts";

const MIB: number = 1024 * 1024;

/** Interpreters that may be open in one transaction; the next call fails like one at depth 1,024. */
export const MAX_INTERPRETER_DEPTH: number = 4;

/**
 * Memory of an interpreter, in pages of 64 KiB, from its start to its end: 32 MiB. 24 MiB are in use when it has
 * booted. It never grows, so a copy of a snapshot is the whole of it, and no call depends on what an earlier one took.
 */
export const INTERPRETER_PAGES: number = 512;

/** What a contract may allocate, PHP's own share included; above it PHP ends the call with a reason. */
export const PHP_MEMORY_LIMIT = "6M";

/** Logical stack of one interpreter: half of the transaction's, because PHP nests more deeply than contracts do. */
export const INTERPRETER_STACK_BYTES: number = 512 * 1024;

/** Of what a call prints for its developer; the rest of a flood is dropped. */
export const PRINTED_BYTES_MAX: number = 4_096;

/** Of a revert reason that the interpreter gives itself. */
export const REASON_CHARACTERS_MAX: number = 1_024;

/** A system module is exempt from a contract's limits on size; these only bound a file that is not the interpreter. */
export const INTERPRETER_LIMITS: ModuleLimits = {
  moduleBytes: 32 * MIB,
  instrumentedBytes: 64 * MIB,
  types: 1_000,
  signatureValues: 128,
  imports: 256,
  functions: 65_536,
  tables: 1,
  tableElements: 65_536,
  memoryPages: INTERPRETER_PAGES,
  globals: 1_000,
  exports: 1_024,
  nameBytes: 256,
  elementSegments: 256,
  // The engine takes no more.
  dataSegments: 100_000,
  functionBytes: 256 * 1024,
  locals: 4_096,
  nesting: 16_384,
  branchTargets: 65_536,
  frameBytes: 64 * 1024,
};
