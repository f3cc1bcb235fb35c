// What Node has and a contract does not, and what to use instead: told by the build with file and line, and by the
// realm that a call runs in.

const AT_ONCE = "a call runs to its end at once";
const NO_HOST = "a contract has no process; what it needs to know is in its call";
const COLLECTOR = "the garbage collector runs at other times on every host";
const ONE_THREAD = "a call is one thread";
const CHAIN_ONLY = "a contract reaches the chain and nothing else";

export const TIME_REMEDY = "the time is the block's: host.blockTimestamp()";
export const RANDOM_REMEDY = "random numbers come from the call's seed: host.seed()";
export const DEFAULT_REMEDY = "contracts use the language and the SDK";
export const IMPORT_REMEDY = "it imports its own files, npm packages and the SDK";

/** Globals by name. */
export const REMEDIES: Readonly<Record<string, string>> = {
  process: NO_HOST,
  navigator: NO_HOST,
  global: "the language's name for it is globalThis",
  setTimeout: AT_ONCE,
  setInterval: AT_ONCE,
  setImmediate: AT_ONCE,
  queueMicrotask: AT_ONCE,
  performance: TIME_REMEDY,
  fetch: CHAIN_ONLY,
  WebSocket: CHAIN_ONLY,
  crypto: `hashes are keccak256 and host.sha256; ${RANDOM_REMEDY}`,
  Buffer: "bytes are a Uint8Array, or Hex",
  Intl: "write the text yourself: languages differ between hosts",
  WeakRef: COLLECTOR,
  FinalizationRegistry: COLLECTOR,
  SharedArrayBuffer: ONE_THREAD,
  Atomics: ONE_THREAD,
  Worker: ONE_THREAD,
  WebAssembly: "a contract is one program, in TypeScript or JavaScript",
};

/** Node's modules by name, without `node:`. */
const MODULE_REMEDIES: Readonly<Record<string, string>> = {
  buffer: REMEDIES.Buffer ?? "",
  child_process: ONE_THREAD,
  crypto: REMEDIES.crypto ?? "",
  fs: "what lasts is in storage",
  "fs/promises": "what lasts is in storage",
  http: CHAIN_ONLY,
  https: CHAIN_ONLY,
  net: CHAIN_ONLY,
  perf_hooks: TIME_REMEDY,
  process: NO_HOST,
  timers: AT_ONCE,
  worker_threads: ONE_THREAD,
};

/** What a contract that imports something of Node's is told. */
export function moduleRefusal(specifier: string): string {
  const remedy = MODULE_REMEDIES[specifier.replace(/^node:/, "")] ?? IMPORT_REMEDY;
  return refusal(specifier, remedy);
}

export function refusal(what: string, remedy: string): string {
  return `${what} is not there for a contract: ${remedy}`;
}
