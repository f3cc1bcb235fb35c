import type { Mark } from "../host/profile.ts";
import type { Hash } from "../types/hash.ts";
import { wordsOf } from "./hookPrices.ts";
import { ByteReader } from "./instrument/byteReader.ts";
import { INJECTOR_VERSION } from "./instrument/instrument.ts";
import { SECTION } from "./instrument/sections.ts";
import { COMPILED_BYTES_MAX, COMPILED_MODULES_MAX } from "./limits.ts";

/** A module that is ready to be instantiated. */
export type CompiledModule = {
  readonly module: WebAssembly.Module;
  readonly instrumentedBytes: number;
  /** 32-byte words of the module as it was deployed: what a call pays its share for. */
  readonly payloadWords: number;
  /** Pages of memory that an instance begins with. */
  readonly pages: number;
  /** Of a module that is profiled. */
  readonly marks?: readonly Mark[];
};

/** Compiles what the instrumentation pass wrote. The engine compiles functions lazily, at their first call. */
export function compile(
  payload: Uint8Array,
  instrumented: Uint8Array,
  marks?: readonly Mark[],
): CompiledModule {
  return {
    ...(marks && { marks }),
    module: new WebAssembly.Module(instrumented as Uint8Array<ArrayBuffer>),
    instrumentedBytes: instrumented.length,
    payloadWords: wordsOf(payload.length),
    pages: memoryPages(instrumented),
  };
}

function memoryPages(module: Uint8Array): number {
  const reader = new ByteReader(module, 8);
  while (!reader.done) {
    const id = reader.byte();
    const section = reader.slice(reader.u32());
    if (id !== SECTION.memory) continue;
    section.u32();
    section.byte();
    return section.u32();
  }
  return 0;
}

/** The modules used last, by payload and injector version. Which ones are kept changes no result and no gas. */
export class CompiledModules {
  readonly #modules = new Map<string, CompiledModule>();
  #bytes = 0;

  get size(): number {
    return this.#modules.size;
  }

  get(payloadHash: Hash): CompiledModule | undefined {
    const key = keyOf(payloadHash);
    const found = this.#modules.get(key);
    if (found === undefined) return undefined;
    // A map keeps the order of insertion, so the first entry is the one that was not used for longest.
    this.#modules.delete(key);
    this.#modules.set(key, found);
    return found;
  }

  add(payloadHash: Hash, compiled: CompiledModule): void {
    this.#modules.set(keyOf(payloadHash), compiled);
    this.#bytes += compiled.instrumentedBytes;
    for (const [key, { instrumentedBytes }] of this.#modules) {
      if (this.#modules.size <= COMPILED_MODULES_MAX && this.#bytes <= COMPILED_BYTES_MAX) return;
      this.#modules.delete(key);
      this.#bytes -= instrumentedBytes;
    }
  }
}

function keyOf(payloadHash: Hash): string {
  return `${INJECTOR_VERSION} ${payloadHash}`;
}
