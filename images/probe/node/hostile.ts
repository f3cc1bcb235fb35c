import { type Contract, rawContract } from "@delchain/node";

// Each input is the name of something that answers differently on every host, or reaches out of the call.

const ACTIONS: Readonly<Record<string, () => unknown>> = {
  "Date.now": () => Date.now(),
  "new Date": () => new Date(),
  Date: () => Date(),
  "another Date": () => new (new Date(0).constructor as DateConstructor)(),
  "Math.random": () => Math.random(),
  performance: () => performance.now(),
  process: () => process.env,
  require: () => (globalThis as Record<string, unknown>).require,
  setTimeout: () => setTimeout(() => undefined, 1),
  queueMicrotask: () => queueMicrotask(() => undefined),
  fetch: () => fetch("http://127.0.0.1"),
  crypto: () => crypto.getRandomValues(new Uint8Array(1)),
  Intl: () => new Intl.DateTimeFormat().format(0),
  WeakRef: () => new WeakRef({}),
  Buffer: () => Buffer.allocUnsafe(100),
  SharedArrayBuffer: () => new SharedArrayBuffer(1),
  WebAssembly: () => WebAssembly,
  structuredClone: () => structuredClone({}),
  navigator: () => navigator.hardwareConcurrency,
  "Function's process": () => new Function("return process")(),
  "Function's globals": () => new Function("return this.process")(),
};

export const hostile: Contract = rawContract((input) => {
  const name = new TextDecoder().decode(input);
  return new TextEncoder().encode(String(ACTIONS[name]?.()));
});

export const names: readonly string[] = Object.keys(ACTIONS);
