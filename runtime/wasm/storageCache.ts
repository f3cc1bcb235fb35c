import type { HostApi } from "../host/api.ts";
import { STORAGE_CACHE_SLOTS } from "./limits.ts";

type Entry = {
  readonly slot: Uint8Array;
  value: Uint8Array;
  isDirty: boolean;
  /** The line that wrote it last, when the frame is profiled. */
  line: number;
};

/**
 * The write cache that Stylus gives each frame: words are written to it and reach the contract's storage when it is
 * flushed. What a frame does not flush is lost with it.
 */
export class StorageCache {
  readonly #entries = new Map<string, Entry>();

  /** A word as this frame sees it: what it cached, else what the host has, which is then kept. */
  load(host: HostApi, slot: Uint8Array): Uint8Array {
    const key = keyOf(slot);
    const known = this.#entries.get(key);
    if (known !== undefined) return known.value;
    const value = host.loadStorage(slot);
    this.#add(key, { slot, value, isDirty: false, line: 0 });
    return value;
  }

  /** Answers whether there was room. */
  write({ profiler }: HostApi, slot: Uint8Array, value: Uint8Array): boolean {
    const key = keyOf(slot);
    const known = this.#entries.get(key);
    const line = profiler?.line ?? 0;
    if (known === undefined) return this.#add(key, { slot, value, isDirty: true, line });
    known.value = value;
    known.isDirty = true;
    known.line = line;
    return true;
  }

  /** Stores what was written, in the order in which the frame first touched the slots. */
  flush(host: HostApi): void {
    for (const entry of this.#entries.values()) {
      if (!entry.isDirty) continue;
      const before = host.meter.ink;
      host.storeStorage(entry.slot, entry.value);
      host.profiler?.chargeTo(entry.line, before - host.meter.ink);
      entry.isDirty = false;
    }
  }

  clear(): void {
    this.#entries.clear();
  }

  #add(key: string, entry: Entry): boolean {
    if (this.#entries.size >= STORAGE_CACHE_SLOTS) return false;
    this.#entries.set(key, entry);
    return true;
  }
}

/** A string of the slot's 32 bytes, a character each: half the time of hex. */
function keyOf(slot: Uint8Array): string {
  return Buffer.from(slot.buffer, slot.byteOffset, slot.length).toString("latin1");
}
