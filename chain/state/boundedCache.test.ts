import assert from "node:assert/strict";
import { test } from "node:test";
import { BoundedCache } from "./boundedCache.ts";

test("a full cache forgets what was used longest ago", () => {
  const cache = new BoundedCache<string, number>(2);
  cache.set("a", 1);
  cache.set("b", 2);
  cache.get("a");
  cache.set("c", 3);
  assert.deepEqual([cache.get("a"), cache.get("b"), cache.get("c")], [1, undefined, 3]);
});

test("a cache weighs its values, and a value above the limit is not kept", () => {
  const cache = new BoundedCache<string, Uint8Array>(10, (bytes) => bytes.length);
  cache.set("a", new Uint8Array(6));
  cache.set("a", new Uint8Array(4));
  cache.set("b", new Uint8Array(6));
  assert.equal(cache.weight, 10);
  cache.set("c", new Uint8Array(11));
  assert.deepEqual([cache.get("c"), cache.weight], [undefined, 0]);
});
