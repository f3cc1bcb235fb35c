import { GuestFault, type GuestFrame } from "./guestFrame.ts";
import type { HookTable } from "./hook.ts";
import { HOOK_PRICES } from "./hookPrices.ts";

const { hook, storageCache } = HOOK_PRICES;

/** Storage (through the frame's write cache) and transient storage, in words of 32 bytes. */
export const STORAGE_HOOKS: HookTable = {
  storage_load_bytes32: {
    signature: "ii:",
    gas: hook + storageCache,
    run: (frame: GuestFrame, slot: number, target: number): undefined => {
      frame.writeFixed(target, frame.storage.load(frame.host, frame.readWord(slot)));
    },
  },
  storage_cache_bytes32: {
    signature: "ii:",
    gas: hook + storageCache,
    run: (frame: GuestFrame, slot: number, value: number): undefined => {
      if (!frame.storage.write(frame.host, frame.readWord(slot), frame.readWord(value))) {
        throw new GuestFault("the storage cache is full; flush and clear it");
      }
    },
  },
  storage_flush_cache: {
    signature: "i:",
    gas: hook,
    run: (frame: GuestFrame, clear: number): undefined => {
      frame.storage.flush(frame.host);
      if (clear !== 0) frame.storage.clear();
    },
  },
  transient_load_bytes32: {
    signature: "ii:",
    gas: hook,
    run: (frame: GuestFrame, slot: number, target: number): undefined => {
      frame.writeFixed(target, frame.host.loadTransient(frame.readWord(slot)));
    },
  },
  transient_store_bytes32: {
    signature: "ii:",
    gas: hook,
    run: (frame: GuestFrame, slot: number, value: number): undefined => {
      frame.host.storeTransient(frame.readWord(slot), frame.readWord(value));
    },
  },
};
