import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import {
  type Address,
  type ContainerDriver,
  ContainerManager,
  DockerDriver,
  type DriverOffer,
  type HostedRequest,
  hostDrivers,
  type ListedContainer,
  type ManagerOptions,
  type Manifest,
  MemoryView,
  ProcessDriver,
  RESOURCE_CLASSES,
  toAddress,
  Unavailable,
} from "@delchain/runtime";
import { CONTRACT } from "./driverBench.ts";
import { hostedRequest, hostileCall, type RequestChanges } from "./hostedRequest.ts";
import { type HostileImage, linuxImage } from "./hostileImage.ts";

const VIEW = new MemoryView();

const SHORT = { ...RESOURCE_CLASSES.small, wallMs: 500 };

/** A manager over plain processes, which start in milliseconds. */
type World = {
  readonly manager: ContainerManager;
  readonly driver: ContainerDriver;
  readonly image: HostileImage;
  readonly runDirectory: string;
  readonly request: (changes?: RequestChanges) => HostedRequest;
  readonly started: () => Promise<readonly ListedContainer[]>;
};

async function managed(
  options: Partial<ManagerOptions>,
  prove: (world: World) => Promise<void>,
): Promise<void> {
  const image = await linuxImage();
  const runDirectory = await mkdtemp(join(tmpdir(), "dc-"));
  const images = image.archives;
  const driver = ProcessDriver.open({ development: true, runDirectory, images });
  const started = (): Promise<readonly ListedContainer[]> => driver.list({ chain: "managed" });
  const request = (changes?: RequestChanges): HostedRequest => hostedRequest(image, SHORT, changes);
  const offer = { name: "process", platform: "linux/amd64", open: async () => driver } as const;
  const drivers = [offer, ...(options.drivers ?? [])];
  const manager = new ContainerManager({ chain: "managed", cpus: 2, ...options, drivers });
  try {
    await prove({ manager, driver, image, runDirectory, request, started });
    await manager.close();
    assert.deepEqual(await started(), [], "closing the manager leaves nothing");
  } finally {
    await manager.close();
    await rm(runDirectory, { recursive: true });
  }
}

function contract(byte: number): Address {
  return toAddress(`0x${byte.toString(16).padStart(2, "0").repeat(20)}`);
}

test("a batch runs in one warm container for each replica, and they agree", async () => {
  await managed({}, async ({ manager, request, started }) => {
    const calls = [
      hostileCall("count"),
      hostileCall("host calls"),
      hostileCall("revert"),
      hostileCall("count"),
    ];
    const results = await Promise.all(
      [0, 1].map((replica) => manager.execute(request({ replica, calls }), VIEW)),
    );
    assert.deepEqual(results[0], results[1]);
    assert.deepEqual(
      results[0]?.results.map(({ status }) => status),
      ["success", "success", "revert", "success"],
    );
    assert.equal((await started()).length, 2);
    await manager.execute(request({ calls }), VIEW);
    assert.equal((await started()).length, 2);
  });
});

test("calls that come at once to one container run one after another", async () => {
  await managed({}, async ({ manager, request, started }) => {
    const runs = Array.from({ length: 8 }, () => manager.execute(request(), VIEW));
    const statuses = (await Promise.all(runs)).map(({ results }) => results[0]?.status);
    assert.deepEqual(statuses, Array(8).fill("success"));
    assert.equal((await started()).length, 1);
  });
});

test("a batch goes on in a new container after one that was killed", async () => {
  await managed({}, async ({ manager, request }) => {
    const calls = [
      hostileCall("twice"),
      hostileCall("count"),
      hostileCall("silent"),
      hostileCall("count"),
    ];
    const { results } = await manager.execute(request({ calls }), VIEW);
    assert.deepEqual(
      results.map(({ status, haltCode }) => haltCode ?? status),
      ["protocolError", "success", "timeout", "success"],
    );
  });
});

test("the container unused longest makes room for another, and one in use does not", async () => {
  await managed({ maxWarm: 2 }, async ({ manager, driver, request }) => {
    for (const byte of [1, 2, 3])
      await manager.execute(request({ contract: contract(byte) }), VIEW);
    const left = (await driver.list({ chain: "managed" })).map(({ labels }) => labels.contract);
    assert.deepEqual(left.sort(), [contract(2), contract(3)]);
    const busy = [4, 5].map((byte) =>
      manager.execute(request({ contract: contract(byte), calls: [hostileCall("silent")] }), VIEW),
    );
    await assert.rejects(manager.execute(request({ contract: contract(6) }), VIEW), (error) => {
      assert.ok(error instanceof Unavailable);
      assert.equal(error.message, "all 2 warm containers are in use");
      return true;
    });
    await Promise.all(busy);
  });
});

test("one contract more than fit, called in turn, finds none of its containers warm", async () => {
  await managed({ maxWarm: 2 }, async ({ manager, driver, request }) => {
    const seen: string[] = [];
    for (const byte of [1, 2, 3, 1, 2, 3]) {
      await manager.execute(request({ contract: contract(byte) }), VIEW);
      const own = { chain: "managed", contract: contract(byte) };
      seen.push(...(await driver.list(own)).map(({ id }) => id));
    }
    assert.equal(new Set(seen).size, 6);
  });
});

test("1,000 contracts share 50 warm containers, and each gets its result", async () => {
  const maxWarm = 50;
  await managed({ maxWarm }, async ({ manager, request, started }) => {
    let next = 0;
    let most = 0;
    const results: string[] = [];
    const serve = async (): Promise<void> => {
      for (let i = next++; i < 1_000; i = next++) {
        const address = toAddress(`0x${i.toString(16).padStart(40, "0")}`);
        const { results: found } = await manager.execute(request({ contract: address }), VIEW);
        results.push(...found.map(({ status }) => status));
        most = Math.max(most, manager.warm, (await started()).length);
      }
    };
    await Promise.all(Array.from({ length: 8 }, serve));
    assert.deepEqual([results.length, [...new Set(results)]], [1_000, ["success"]]);
    assert.equal(manager.warm, maxWarm);
    // One that makes room for another may still be ending.
    assert.ok(most <= maxWarm + 8, `${most} containers at one time`);
  });
});

test("an idle container is put away", async () => {
  await managed({ idleMs: 20 }, async ({ manager, request }) => {
    const container = manager.execute(request(), VIEW);
    await container;
    assert.equal(manager.warm, 1);
    while (manager.warm > 0) await new Promise((resolve) => setTimeout(resolve, 5));
    assert.equal((await manager.execute(request(), VIEW)).results[0]?.status, "success");
  });
});

test("replica 1 is replaced every so many calls, replica 0 is not", async () => {
  await managed({ coldEvery: 3, coldPauseMs: 0 }, async ({ manager, driver, request }) => {
    const seen: Record<number, Set<string>> = { 0: new Set(), 1: new Set() };
    for (let i = 0; i < 9; i++) {
      for (const replica of [0, 1]) {
        await manager.execute(request({ replica }), VIEW);
        const ids = await driver.list({ chain: "managed", replica: String(replica) });
        // The one that ran; a spare beside it is younger.
        seen[replica]?.add(ids[0]?.id ?? "");
      }
    }
    assert.equal(seen[0]?.size, 1);
    assert.equal(seen[1]?.size, 3);
  });
});

test("a busy contract's replica is not replaced again before the pause is over", async () => {
  await managed({ coldEvery: 2, coldPauseMs: 3_600_000 }, async ({ manager, driver, request }) => {
    const seen = new Set<string>();
    for (let i = 0; i < 9; i++) {
      await manager.execute(request({ replica: 1 }), VIEW);
      seen.add((await driver.list({ chain: "managed" }))[0]?.id ?? "");
    }
    assert.equal(seen.size, 2);
  });
});

test("a query runs beside ordered calls and leaves no trace", async () => {
  await managed({}, async ({ manager, request }) => {
    const slow = manager.execute(request({ calls: [hostileCall("silent")] }), VIEW);
    const { replica: _, ...query } = request();
    const result = await manager.query({ ...query, calls: [hostileCall("host calls")] }, VIEW);
    assert.equal(result.status, "success");
    assert.equal((await slow).results[0]?.status, "timeout");
    assert.equal(VIEW.account(CONTRACT), undefined);
  });
});

test("many queries at once get a container for each CPU, and no more", async () => {
  await managed({}, async ({ manager, request, started }) => {
    const { calls: _calls, ...rest } = request();
    const query = { ...rest, calls: [hostileCall("count")] as const };
    await manager.query(query, VIEW);
    const results = await Promise.all(Array.from({ length: 32 }, () => manager.query(query, VIEW)));
    assert.deepEqual([...new Set(results.map(({ status }) => status))], ["success"]);
    const replicas = (await started()).map(({ labels }) => labels.replica).sort();
    assert.deepEqual(replicas, ["query0", "query1"]);
  });
});

test("a contract that nothing here runs says why, and what to do", async () => {
  const docker: DriverOffer = {
    name: "docker",
    platform: "wasi/wasm",
    open: () => DockerDriver.open({ runDirectory: "/tmp", socketPath: "/nowhere/docker.sock" }),
  };
  await managed({ drivers: [docker] }, async ({ manager, request }) => {
    const unknown = `sha256:${"00".repeat(32)}` as const;
    const cases: readonly (readonly [Partial<Manifest>, RegExp])[] = [
      [{ determinism: "strict" }, /process gives no determinism strict/],
      [{ image: unknown }, /process has no image sha256:0+\. Try: npm run images/],
      [
        { platform: "wasi/wasm", isolation: "process" },
        /docker: .*ENOENT.*Is the Docker engine running.*Try: docker version/,
      ],
    ];
    for (const [change, reason] of cases) {
      await assert.rejects(manager.execute(request(change), VIEW), (error) => {
        assert.ok(error instanceof Unavailable);
        assert.match(error.message, reason);
        return true;
      });
    }
    const status = await manager.drivers();
    assert.deepEqual(
      status.map(({ name, trouble }) => [name, trouble === ""]),
      [
        ["process", true],
        ["docker", false],
      ],
    );
    assert.equal(await manager.driverFor(request().manifest), "process");
  });
});

test("calls are explained in containers of their own, which leave nothing, and those that run go on", async () => {
  await managed({}, async ({ manager, request, started }) => {
    await manager.execute(request(), VIEW);
    const calls = [hostileCall("count"), hostileCall("environment"), hostileCall("segfault")];
    const found = await manager.explain(request({ calls }), VIEW, { nowSeconds: 1_800_000_000n });
    assert.deepEqual(
      found.calls.map(({ verdict, run, reliesOn }) => [
        verdict,
        run.result.haltCode ?? run.result.status,
        reliesOn.map(({ cause }) => cause),
      ]),
      [
        ["deterministic", "success", []],
        // Outside of a container each process has another path to its socket in its environment.
        ["diverges", "success", ["zone", "locale", "environmentOrder"]],
        ["deterministic", "signal", []],
      ],
    );
    assert.equal((await started()).length, 1);
  });
});

test("a manager that closes ends an explanation and its containers", async () => {
  await managed({}, async ({ manager, request, started }) => {
    const calls = [hostileCall("silent")];
    const explaining = manager.explain(request({ calls }), VIEW, { nowSeconds: 1n });
    const ended = assert.rejects(explaining, Unavailable);
    while ((await started()).length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await manager.close();
    await ended;
    assert.deepEqual(await started(), []);
  });
});

test("what an earlier run left on an engine is removed, of this chain only", async () => {
  await managed({}, async ({ image, runDirectory }) => {
    const images = image.archives;
    const left = await DockerDriver.open({ runDirectory, images });
    const spec = {
      image: image.digest,
      entrypoint: ["/hostile"],
      isolation: "fork",
      resources: SHORT,
      cpuset: undefined,
    } as const;
    const labels = { contract: CONTRACT, version: "1", replica: "0" };
    const drivers = hostDrivers({ runDirectory, images });
    const manager = new ContainerManager({ chain: "reconciled", drivers, cpus: 2 });
    try {
      for (const chain of ["reconciled", "reconciled", "another"]) {
        await left.start({ ...spec, labels: { ...labels, chain } });
      }
      assert.equal(await manager.reconcile(), 2);
      assert.deepEqual(await left.list({ chain: "reconciled" }), []);
      assert.equal((await left.list({ chain: "another" })).length, 1);
    } finally {
      await manager.close();
      await left.close();
    }
  });
});
