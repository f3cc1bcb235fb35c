import assert from "node:assert/strict";
import { test } from "node:test";
import { MemoryNetwork } from "./transport.ts";

test("what a node publishes reaches all others by its topic, in a later turn, and nobody who has left", async () => {
  const network = new MemoryNetwork();
  const [speaker, listener, gone] = [network.join(), network.join(), network.join()];
  const heard: string[] = [];
  for (const [name, node] of Object.entries({ speaker, listener, gone })) {
    node.listen("attest", ([byte]) => void heard.push(`${name} ${byte}`));
  }
  gone.close();
  speaker.publish("attest", Uint8Array.of(1));
  speaker.publish("certificate", Uint8Array.of(2));
  speaker.publish("attest", Uint8Array.of(3));
  assert.deepEqual(heard, []);
  await Promise.resolve();
  assert.deepEqual(heard, ["listener 1", "listener 3"]);
});
