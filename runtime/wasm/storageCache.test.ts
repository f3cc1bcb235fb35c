import assert from "node:assert/strict";
import { test } from "node:test";
import { GasMeter } from "../host/meter.ts";
import { STORAGE_CACHE_SLOTS } from "./limits.ts";
import { StorageCache } from "./storageCache.ts";
import { account, CALLER, MapChain, MapHost } from "./testing/mapHost.ts";
import { word } from "./testing/probe.ts";
import { WasmTier } from "./wasmTier.ts";

const A = account(0xaa);

function host(chain: MapChain): MapHost {
  const frame = {
    target: A,
    caller: CALLER,
    codeAddress: A,
    value: 0n,
    input: new Uint8Array(),
    isStatic: false,
    depth: 0,
    isCreate: false,
  };
  return new MapHost(chain, frame, new GasMeter(2 ** 30));
}

test("a full cache takes no new slot, still writes the ones it has, and is empty once cleared", () => {
  const chain = new MapChain(new WasmTier());
  const cache = new StorageCache();
  const writer = host(chain);
  for (let i = 0; i < STORAGE_CACHE_SLOTS; i++) assert.ok(cache.write(writer, word(i), word(1)));
  assert.equal(cache.write(writer, word(STORAGE_CACHE_SLOTS), word(1)), false);
  assert.ok(cache.write(writer, word(5), word(2)));
  assert.deepEqual(cache.load(host(chain), word(STORAGE_CACHE_SLOTS)), word(0));
  cache.flush(host(chain));
  assert.equal(chain.slot(A, 5), 2);
  cache.clear();
  assert.ok(cache.write(writer, word(STORAGE_CACHE_SLOTS), word(1)));
});
