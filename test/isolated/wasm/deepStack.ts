// Nests WebAssembly frames until the rules stop them, on a thread with the stack that the tier asks for, and prints
// what came of it: deepStack.ts
import { isMainThread, parentPort, Worker } from "node:worker_threads";
import { NATIVE_STACK_MEGABYTES } from "../../../runtime/wasm/limits.ts";
import { account, MapChain } from "../../../runtime/wasm/testing/mapHost.ts";
import { call, command, deepCall, PROBE } from "../../../runtime/wasm/testing/probe.ts";
import { WasmTier } from "../../../runtime/wasm/wasmTier.ts";

const A = account(0xaa);
const LEVELS = 64;
const GAS = 2 ** 28;

function nested(wrap: (inner: Uint8Array) => Uint8Array): Uint8Array {
  let input: Uint8Array = command("number");
  for (let i = 0; i < LEVELS; i++) input = wrap(input);
  return input;
}

/** How a call ended, or what it threw: a `RangeError` of the engine comes out as `Unavailable`. */
function outcomeOf(input: Uint8Array): string {
  const chain = new MapChain(new WasmTier());
  chain.contracts.set(A, PROBE);
  try {
    const { result, gasUsed } = chain.send(A, input, { gas: GAS });
    return `${result.status} ${"output" in result ? result.output.length : ""} ${gasUsed}`;
  } catch (error) {
    return error instanceof Error ? error.name : String(error);
  }
}

if (isMainThread) {
  const worker = new Worker(new URL(import.meta.url), {
    resourceLimits: { stackSizeMb: NATIVE_STACK_MEGABYTES },
  });
  worker.once("message", (outcomes) => process.stdout.write(JSON.stringify(outcomes)));
} else {
  parentPort?.postMessage({
    // 64 shallow frames; frames that hold nearly all of their 256 KiB, until 1 MiB is used; and some between.
    shallow: outcomeOf(nested((inner) => call(A, inner))),
    deepest: outcomeOf(nested((inner) => deepCall(1_000, A, inner))),
    middle: outcomeOf(nested((inner) => deepCall(200, A, inner))),
  });
}
