import assert from "node:assert/strict";
import { type Container, Session, Unavailable } from "@delchain/runtime";
import {
  type DriverBench,
  type DriverCase,
  SHORT_RESOURCES,
  SUITE_RESOURCES,
} from "./driverBench.ts";

/** A program that is never ready is the machine's or the image's trouble, no result of a call. */
function neverReady(sentence: string, role: string, reason: RegExp): DriverCase {
  return {
    sentence,
    async prove(bench) {
      const opened = bench
        .start(role)
        .then((container) => Session.open(container, SUITE_RESOURCES, 1_000));
      await assert.rejects(opened, (error) => {
        assert.ok(error instanceof Unavailable, String(error));
        assert.match(error.message, reason);
        return true;
      });
      assert.deepEqual(await bench.driver.list(bench.labels), []);
    },
  };
}

/** From start to removal, and what is told apart on the way. */
export const LIFE_CASES: readonly DriverCase[] = [
  neverReady(
    "a program that ends before it connects is unavailable, with what it wrote",
    "die",
    /exited with 3.*dying early/,
  ),
  neverReady(
    "a program that never connects is unavailable",
    "absent",
    /did not connect within 2000 ms/,
  ),
  neverReady("a HELLO that never comes is unavailable", "mute", /no HELLO within 1000 ms/),
  neverReady(
    "garbage before HELLO is unavailable",
    "babble",
    /a frame's length is 1751477356 bytes/,
  ),
  neverReady(
    "another version is unavailable",
    "version",
    /HELLO\(0\) of version 2 instead of HELLO\(0\) of 1/,
  ),
  neverReady("a RESULT before HELLO is unavailable", "early", /RESULT\(0\) instead of HELLO\(0\)/),
  {
    sentence: "frames between calls end the container",
    async prove(bench) {
      const session = await bench.open("restless");
      await session.container.ended;
      assert.equal(session.usable, false);
    },
  },
  {
    sentence: "a program that closes its stream and stays breaks the protocol",
    async prove(bench) {
      const session = await bench.open("close", SHORT_RESOURCES);
      const { outcome } = await bench.call(session, "count");
      assert.deepEqual(outcome, {
        status: "halt",
        code: "protocolError",
        detail: "it closed its stream and went on running",
      });
      assert.deepEqual(await bench.driver.list(bench.labels), []);
    },
  },
  {
    sentence: "a container removed behind our back is the engine's trouble, not a result",
    async prove(bench) {
      const session = await bench.open();
      const call = bench.call(session, "silent");
      setTimeout(() => void bench.driver.remove(session.container.id), 200);
      await assert.rejects(call, Unavailable);
      assert.equal(session.usable, false);
      await assert.rejects(bench.call(session, "count"), Unavailable);
    },
  },
  {
    sentence: "containers are listed by their labels and removed by id, twice if need be",
    async prove(bench) {
      const containers: Container[] = [];
      for (const replica of ["0", "1"]) containers.push(await bench.start(undefined, { replica }));
      const [first, second] = containers.map(({ id }) => id) as [string, string];
      assert.deepEqual(await ids(bench, {}), [first, second].sort());
      assert.deepEqual(await ids(bench, { replica: "1" }), [second]);
      assert.deepEqual(await ids(bench, { replica: "2" }), []);
      await bench.driver.remove(first);
      await bench.driver.remove(first);
      assert.deepEqual(await ids(bench, {}), [second]);
      await Promise.all(containers.map((container) => container.kill()));
      assert.deepEqual(await ids(bench, {}), []);
    },
  },
  {
    sentence: "a container that we killed says so, and killing twice is once",
    async prove(bench) {
      const container = await bench.start();
      await Promise.all([container.kill(), container.kill()]);
      assert.deepEqual(await container.ended, { by: "host" });
    },
  },
  {
    sentence: "closing the driver leaves no container",
    async prove(bench) {
      const driver = await bench.prepared.open();
      const container = await driver.start(bench.spec());
      await driver.close();
      assert.deepEqual(await container.ended, { by: "host" });
      assert.deepEqual(await bench.driver.list(bench.labels), []);
    },
  },
  {
    sentence: "an image is known by its digest",
    async prove(bench) {
      assert.equal(await bench.driver.hasImage(bench.prepared.image), true);
      const unknown = `sha256:${"00".repeat(32)}` as const;
      assert.equal(await bench.driver.hasImage(unknown), false);
      await assert.rejects(bench.driver.start({ ...bench.spec(), image: unknown }), Unavailable);
    },
  },
];

async function ids(
  bench: DriverBench,
  labels: { readonly replica?: string },
): Promise<readonly string[]> {
  const { chain } = bench.labels;
  return (await bench.driver.list({ chain, ...labels })).map(({ id }) => id).sort();
}
