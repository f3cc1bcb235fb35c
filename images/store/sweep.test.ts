import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { test } from "node:test";
import type { ImageDigest } from "@delchain/runtime";
import { importStream } from "../admission/importImage.ts";
import { writeIndex } from "../imageIndex.ts";
import { dockerArchive, rawTar } from "../probe/rawTar.ts";
import type { ImageEntry } from "../writer/entries.ts";
import type { BaseLayer } from "../writer/image.ts";
import { openImageStore } from "./imageStore.ts";
import { livingRoots, saveRoot } from "./roots.ts";
import { hasImage, storedDigests, storeImage } from "./store.ts";
import { RECENT_MS, removeImage, sweepImages } from "./sweep.ts";

type Store = {
  readonly folder: string;
  /** Builds an image with a layer of its own on the base that all share. */
  build(own: string): Promise<ImageDigest>;
  /** All files of the store were last touched so long ago that a sweep may take them. */
  age(): Promise<void>;
};

const file = (path: string, text: string): ImageEntry => ({
  kind: "file",
  path,
  mode: 0o644,
  data: Buffer.from(text),
});
const BASE: BaseLayer = { key: "base", entries: async () => [file("base", "b".repeat(5000))] };

async function withStore(act: (store: Store) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "delchain-sweep-"));
  try {
    await act({
      folder,
      build: async (own) => {
        const config = { entrypoint: ["/own"] };
        const layers = [BASE, [file("own", own)]];
        return (await storeImage(folder, { platform: "linux/amd64", layers, config })).digest;
      },
      age: async () => {
        const then = new Date(Date.now() - RECENT_MS - 1000);
        for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
          if (entry.isFile()) await utimes(join(entry.parentPath, entry.name), then, then);
        }
      },
    });
  } finally {
    await rm(folder, { recursive: true });
  }
}

const filesIn = (folder: string): Promise<readonly string[]> => readdir(folder).catch(() => []);

test("what nothing names goes, with layers that no other image has, and the rest stays", () =>
  withStore(async ({ folder, build, age }) => {
    const [built, kept, old] = [await build("index"), await build("project"), await build("old")];
    const project = join(folder, "project");
    await mkdir(project);
    await saveRoot(folder, { folder: project }, [{ name: "Token", digest: kept }]);
    await writeIndex(folder, {
      c: { name: "c", digest: built, platform: "linux/amd64", entrypoint: ["/own"], inputs: "" },
    });
    await age();
    assert.deepEqual(await sweepImages(folder), { images: [old], bytes: 2048 });
    assert.deepEqual([...(await storedDigests(folder))].sort(), [built, kept].sort());
    assert.deepEqual(await Promise.all([built, kept].map((one) => hasImage(folder, one))), [
      true,
      true,
    ]);

    await rm(project, { recursive: true });
    assert.deepEqual((await sweepImages(folder)).images, [kept]);
    await rm(join(folder, "index.json"));
    assert.deepEqual((await sweepImages(folder)).images, [built]);
    assert.deepEqual(await filesIn(join(folder, "layers")), []);
    assert.deepEqual(await filesIn(join(folder, "bases")), []);
  }));

test("what was built or built again a moment ago stays, named or not", () =>
  withStore(async ({ folder, build, age }) => {
    const digest = await build("one");
    assert.deepEqual(await sweepImages(folder), { images: [], bytes: 0 });
    await age();
    assert.equal(await build("one"), digest);
    assert.deepEqual(await sweepImages(folder), { images: [], bytes: 0 });
    assert.equal(await hasImage(folder, digest), true);
  }));

test("what a chain has started stays while its folder is there, also without its process", () =>
  withStore(async ({ folder, build, age }) => {
    const digests = [await build("one"), await build("two")];
    const chain = join(folder, "chain");
    await mkdir(chain);
    const images = openImageStore(folder, { folder: chain });
    await Promise.all(digests.map((digest) => images.admit(digest, [])));
    await age();
    assert.deepEqual((await sweepImages(folder)).images, []);
    const again = openImageStore(folder, { folder: chain });
    const third = await build("three");
    await again.admit(third, []);
    await age();
    assert.deepEqual((await sweepImages(folder)).images, []);
    await rm(chain, { recursive: true });
    assert.equal((await sweepImages(folder)).images.length, 3);
  }));

test("what somebody imported stays until they remove it, or prune all", () =>
  withStore(async ({ folder, age }) => {
    const layer = rawTar({ name: "own" });
    const { archive, digest } = dockerArchive({ layers: [layer] });
    await importStream(folder, Readable.from([archive]));
    await age();
    assert.deepEqual((await sweepImages(folder)).images, []);
    assert.deepEqual((await removeImage(folder, digest, false)).images, [digest]);
    await importStream(folder, Readable.from([archive]));
    await age();
    assert.deepEqual((await sweepImages(folder, { withImported: true })).images, [digest]);
    await age();
    await sweepImages(folder);
    assert.deepEqual(await filesIn(join(folder, "imported")), []);
  }));

test("what a process holds stays until it has ended", () =>
  withStore(async ({ folder, build, age }) => {
    const [mine, others] = [await build("mine"), await build("others")];
    await openImageStore(folder).admit(mine, []);
    const { pid } = spawnSync(process.execPath, ["-e", ""]);
    await saveRoot(folder, { process: pid }, [{ name: "", digest: others }]);
    await age();
    assert.deepEqual((await sweepImages(folder)).images, [others]);
    assert.deepEqual(
      (await livingRoots(folder)).map(({ holder }) => holder),
      [{ process: process.pid }],
    );
  }));

test("what crashes left goes: half a file, half a deletion, a name of a layer that is gone", () =>
  withStore(async ({ folder, build, age }) => {
    const digest = await build("one");
    await saveRoot(folder, { process: process.pid }, [{ name: "", digest }]);
    const whole = `${"0".repeat(64)}.tar`;
    const left = [
      whole,
      "layers/ab.tar.1.new",
      "layers/cd.tar.0.x.gone",
      "configs/ef.json.2.new",
      "bases/x",
    ];
    for (const name of left) await writeFile(join(folder, name), "half");
    await mkdir(join(folder, "signatures"));
    await writeFile(join(folder, `signatures/${"0".repeat(64)}.jsonl`), "{}");
    await sweepImages(folder);
    assert.equal((await filesIn(join(folder, "layers"))).length, 3);
    await age();
    await sweepImages(folder);
    assert.equal((await filesIn(join(folder, "layers"))).length, 2);
    assert.deepEqual(await filesIn(join(folder, "configs")), [`${digest.slice(7)}.json`]);
    assert.deepEqual(await filesIn(join(folder, "bases")), ["base"]);
    assert.ok(!(await filesIn(folder)).includes(whole));
    assert.deepEqual(await filesIn(join(folder, "signatures")), []);
  }));

test("what says in an unknown form what it needs keeps nothing, and stops no sweep", () =>
  withStore(async ({ folder, build, age }) => {
    await mkdir(join(folder, "roots"));
    const written = ["null", "{}", '{"holder": {"folder": "/"}}', "{"];
    for (const [at, text] of written.entries()) {
      await writeFile(join(folder, "roots", `${at}.json`), text);
    }
    const digest = await build("one");
    await age();
    assert.deepEqual((await sweepImages(folder)).images, [digest]);
    assert.deepEqual(await filesIn(join(folder, "roots")), []);
  }));

test("an engine's copy goes when it can, and is asked about again until then", () =>
  withStore(async ({ folder, build, age }) => {
    const digests = [await build("one"), await build("two")];
    await age();
    const asked: (readonly ImageDigest[])[] = [];
    const [first] = digests;
    await sweepImages(folder, {
      removeFromEngine: async (gone) => {
        asked.push([...gone].sort());
        return gone.filter((digest) => digest === first);
      },
    });
    await sweepImages(folder, {
      removeFromEngine: async (gone) => {
        asked.push(gone);
        return gone;
      },
    });
    await sweepImages(folder, {
      removeFromEngine: async () => assert.fail("nothing is left to ask"),
    });
    assert.deepEqual(asked, [[...digests].sort(), [digests[1]]]);
  }));

test("an image that was built again is no engine's to lose", () =>
  withStore(async ({ folder, build, age }) => {
    await build("one");
    await age();
    await sweepImages(folder);
    const digest = await build("one");
    await sweepImages(folder, { removeFromEngine: async () => assert.fail("it is there again") });
    assert.equal(await hasImage(folder, digest), true);
  }));

test("an image that somebody needs is removed only by force, and who needs it is said", () =>
  withStore(async ({ folder, build }) => {
    const digest = await build("one");
    const project = join(folder, "project");
    await mkdir(project);
    await saveRoot(folder, { folder: project }, [{ name: "Token", digest }]);
    await assert.rejects(removeImage(folder, digest, false), {
      message: `image ${digest} is needed by ${project} (Token); remove it all the same with --force`,
    });
    assert.deepEqual((await removeImage(folder, digest, true)).images, [digest]);
    assert.equal(await hasImage(folder, digest), false);
    assert.deepEqual((await removeImage(folder, digest, true)).images, []);
  }));

test("builds and sweeps at once leave every image whole", () =>
  withStore(async ({ folder, build, age }) => {
    const texts = Array.from({ length: 20 }, (_, i) => `own ${i}`);
    await Promise.all(texts.map(build));
    await age();
    const [, , digests] = await Promise.all([
      sweepImages(folder),
      sweepImages(folder),
      Promise.all(texts.map(build)),
    ]);
    const whole = await Promise.all(digests.map((digest) => hasImage(folder, digest)));
    assert.deepEqual(whole, Array(20).fill(true));
  }));
