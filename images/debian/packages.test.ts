import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { Unavailable } from "@delchain/runtime";
import { PHP_LOCK, PHP_PACKAGES } from "../php/image.ts";
import { foreignPackages, readLock, writeLock } from "./lock.ts";
import { downloadPackages } from "./packages.ts";
import { unpackPackages } from "./unpack.ts";

async function withFolder(act: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "delchain-debian-"));
  try {
    await act(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

test("a downloaded package is the file that Debian's index names, and a damaged one is fetched again", () =>
  withFolder(async (cache) => {
    const [first] = await downloadPackages(["zlib1g"], cache, () => undefined);
    assert.ok(first);
    await writeFile(first.path, "damaged");
    const [again] = await downloadPackages(["zlib1g"], cache, () => undefined);
    assert.deepEqual(again, first);
    const { files, links } = await unpackPackages([first]);
    const library = links.get("lib/x86_64-linux-gnu/libz.so.1") ?? "";
    assert.ok(files.has(library.slice(1)), library);
  }));

test("a machine without apt-get is told where the image can be built", () =>
  withFolder(async (cache) => {
    const path = process.env.PATH;
    process.env.PATH = cache;
    try {
      await assert.rejects(
        downloadPackages(["zlib1g"], cache, () => undefined),
        (error) =>
          error instanceof Unavailable &&
          /^apt-get is not on this machine\. .* build it on Debian 12/.test(error.message),
      );
    } finally {
      process.env.PATH = path;
    }
  }));

test("the PHP image's lock names every package of its list, and tells what differs from it", () =>
  withFolder(async (folder) => {
    const lock = await readLock(PHP_LOCK);
    assert.deepEqual(
      lock.map(({ name }) => name),
      PHP_PACKAGES,
    );
    assert.deepEqual(await foreignPackages(PHP_LOCK, lock), []);

    const path = join(folder, "packages.json");
    const [one, two] = [
      { name: "a", version: "1", sha256: "aa" },
      { name: "b", version: "1", sha256: "bb" },
    ] as const;
    await writeLock(path, [two, one]);
    assert.deepEqual(await readLock(path), [one, two]);
    const now = [one, { ...two, version: "2", sha256: "bc" }, { ...one, name: "c" }];
    assert.deepEqual(await foreignPackages(path, now), [
      "b is 2, 1 in the lock: the image's digest is not the published one",
      "c is 1, not in the lock: the image's digest is not the published one",
    ]);
  }));
