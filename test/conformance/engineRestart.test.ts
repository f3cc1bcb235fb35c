import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { ContainerManager, DockerDriver, MemoryView, Unavailable } from "@delchain/runtime";
import { hostedRequest, hostileCall } from "./hostedRequest.ts";
import { linuxImage } from "./hostileImage.ts";

// A Docker engine of its own, that is stopped and started again while calls run in its containers: what happens
// to them is this machine's trouble, and never a contract's result.

const START_MS = 60_000;
const WORKERS = 4;
const RESTARTS = 2;

let folder: string;
let socketPath: string;
let engine: ChildProcess | undefined;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "dc-engine-"));
  socketPath = join(folder, "docker.sock");
  await startEngine();
});

after(async () => {
  await stopEngine();
  await rm(folder, { recursive: true, force: true });
});

async function startEngine(): Promise<void> {
  const place = (name: string): string => join(folder, name);
  const options = {
    host: `unix://${socketPath}`,
    "data-root": place("data"),
    "exec-root": place("exec"),
    pidfile: place("docker.pid"),
  };
  const args = Object.entries(options).map(([name, value]) => `--${name}=${value}`);
  // Beside the machine's own engine: nothing of its network is touched.
  const network = ["--bridge=none", "--iptables=false", "--ip6tables=false"];
  engine = spawn("dockerd", [...args, ...network], { stdio: "ignore" });
  const until = Date.now() + START_MS;
  for (;;) {
    try {
      await (await DockerDriver.open({ runDirectory: folder, socketPath })).close();
      return;
    } catch (error) {
      if (!(error instanceof Unavailable) || Date.now() > until) throw error;
      await sleep(100);
    }
  }
}

/** Its containers end with it. */
async function stopEngine(): Promise<void> {
  const process = engine;
  engine = undefined;
  if (process === undefined || process.exitCode !== null) return;
  const exited = once(process, "exit");
  process.kill();
  await exited;
}

test("an engine that is restarted under load costs tries and no results", async () => {
  const image = await linuxImage();
  const calls = Array.from({ length: 20 }, () => hostileCall("count"));
  const open = () =>
    DockerDriver.open({ runDirectory: folder, socketPath, images: image.archives });
  const manager = new ContainerManager({
    chain: "restarted",
    cpus: 2,
    drivers: [{ name: "docker", platform: "linux/amd64", open }],
  });
  const results = new Set<string>();
  let batches = 0;
  let troubles = 0;
  let isOver = false;
  const serve = async (replica: number): Promise<void> => {
    while (!isOver) {
      try {
        const found = await manager.execute(
          hostedRequest(image, "small", { replica, calls }),
          new MemoryView(),
        );
        results.add(
          JSON.stringify(found, (_, value) => (typeof value === "bigint" ? `${value}` : value)),
        );
        batches++;
      } catch (error) {
        if (!(error instanceof Unavailable)) throw error;
        troubles++;
        await sleep(50);
      }
    }
  };
  const madeMore = async (): Promise<void> => {
    const since = batches;
    while (batches < since + 2 * WORKERS) await sleep(10);
  };
  const workers = Promise.all(Array.from({ length: WORKERS }, (_, i) => serve(i)));
  // A worker that fails ends the test, instead of waiting for batches that never come.
  const run = (async () => {
    await madeMore();
    for (let restart = 0; restart < RESTARTS; restart++) {
      await stopEngine();
      await startEngine();
      await madeMore();
    }
    isOver = true;
  })();
  await Promise.race([workers, run]);
  isOver = true;
  await workers;
  await manager.close();
  assert.equal(results.size, 1, [...results].join("\n"));
  assert.ok(troubles > 0, "the restarts were noticed");
});
