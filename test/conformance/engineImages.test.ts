import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { memoryImages, writeImage } from "@delchain/images";
import {
  DockerDriver,
  type ImageArchives,
  RESOURCE_CLASSES,
  removeEngineImages,
  Unavailable,
  ZERO_ADDRESS,
} from "@delchain/runtime";
import { compileProgram } from "../../images/c/program.ts";

// What an engine is sent of an image, and what it keeps. The images are new ones each time.

let folder: string;
let program: Uint8Array;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "dc-"));
  program = await compileProgram("test/conformance/litter/litter.c");
});
after(() => rm(folder, { recursive: true }));

/** Two layers: a program, with a mark that makes it new, and a file of its own. */
function imageOf(mark: string, own: string) {
  const file = (path: string, data: Uint8Array, mode: number) =>
    ({ kind: "file", path, mode, data }) as const;
  return writeImage({
    platform: "linux/amd64",
    layers: [
      [file("contract", program, 0o755), file("mark", Buffer.from(mark), 0o644)],
      [file("own", Buffer.from(own), 0o644)],
    ],
    config: { entrypoint: ["/contract"] },
  });
}

type Image = Awaited<ReturnType<typeof imageOf>>;

/** Starts a container of an image and ends it. */
async function start(images: ImageArchives, image: Image, signers: readonly string[] = []) {
  const driver = await DockerDriver.open({ runDirectory: folder, images });
  try {
    const container = await driver.start({
      image: image.digest,
      entrypoint: ["/contract"],
      isolation: "fork",
      resources: RESOURCE_CLASSES.small,
      signers,
      labels: { chain: "images", contract: ZERO_ADDRESS, version: image.digest, replica: "0" },
      cpuset: undefined,
    });
    await container.kill();
  } finally {
    await driver.close();
  }
}

/** Tells which layers were left out of each archive. */
function watched(images: ImageArchives): ImageArchives & { readonly left: string[][] } {
  const left: string[][] = [];
  return {
    ...images,
    left,
    archive: (digest, without) => {
      left.push([...(without ?? [])]);
      return images.archive(digest, without);
    },
  };
}

const hashes = ({ layers }: Image): readonly string[] => layers.map(({ hash }) => `sha256:${hash}`);

test("an engine is sent the layers that it lacks, and all when one is gone meanwhile", async () => {
  const mark = randomUUID();
  const [first, second, third] = await Promise.all(
    ["one", "two", "three"].map((own) => imageOf(mark, own)),
  );
  assert.ok(first && second && third);
  const images = watched(memoryImages(first, second, third));
  try {
    await start(images, first);
    await start(images, second);
    assert.deepEqual(images.left, [[], [hashes(first)[0]]]);
    // It has the image now and is sent nothing.
    await start(images, second);
    assert.equal(images.left.length, 2);

    const forgetful: ImageArchives = {
      ...images,
      // Leaves out more than the engine has.
      archive: (digest, without) =>
        images.archive(digest, without?.size ? new Set(hashes(third)) : without),
    };
    await start(forgetful, third);
    assert.deepEqual(images.left.slice(2), [hashes(third), []]);
  } finally {
    await removeEngineImages([first, second, third].map(({ digest }) => digest));
  }
});

test("an image goes from the engine by our name for it, unless a container is made of it", async () => {
  const [used, unused] = await Promise.all([
    imageOf(randomUUID(), "a"),
    imageOf(randomUUID(), "b"),
  ]);
  const images = memoryImages(used, unused);
  await start(images, used);
  await start(images, unused);
  const digests = [used.digest, unused.digest];
  const held = execFileSync("docker", ["create", used.digest, "/contract"], { encoding: "utf8" });
  try {
    assert.deepEqual(await removeEngineImages(digests), [unused.digest]);
  } finally {
    execFileSync("docker", ["rm", held.trim()]);
  }
  assert.deepEqual(await removeEngineImages(digests), digests);
});

test("what its image store does not admit is not started, though the engine has it", async () => {
  const image = await imageOf(randomUUID(), "a");
  const images = memoryImages(image);
  try {
    await start(images, image);
    const asked: (readonly string[])[] = [];
    const strict: ImageArchives = {
      ...images,
      admit: async (_digest, signers) => {
        asked.push(signers);
        throw new Unavailable("images", "it is not signed");
      },
    };
    await assert.rejects(start(strict, image, ["key"]), /it is not signed/);
    assert.deepEqual(asked, [["key"]]);
  } finally {
    await removeEngineImages([image.digest]);
  }
});
