import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { InvalidInput } from "@delchain/runtime";
import { buildImages, imageNames } from "./build.ts";
import { readIndex } from "./imageIndex.ts";
import { openImageStore } from "./store/imageStore.ts";
import { configPath } from "./store/layout.ts";

async function withStore(act: (store: string) => Promise<void>): Promise<void> {
  const store = await mkdtemp(join(tmpdir(), "delchain-images-"));
  try {
    await act(store);
  } finally {
    await rm(store, { recursive: true });
  }
}

test("images are built once, and again when the store has lost one", () =>
  withStore(async (store) => {
    const said: string[] = [];
    const options = { store, names: ["c", "wasi"], progress: (text: string) => said.push(text) };
    const first = await buildImages(options);
    assert.deepEqual(
      first.map(({ name, platform, entrypoint, reused }) => [name, platform, entrypoint, reused]),
      [
        ["c", "linux/amd64", ["/contract"], false],
        ["wasi", "wasi/wasm", ["/contract.wasm"], false],
      ],
    );
    assert.deepEqual(
      await buildImages(options),
      first.map((image) => ({ ...image, reused: true })),
    );
    await rm(configPath(store, first[0]?.digest ?? ""));
    const again = await buildImages(options);
    assert.deepEqual(
      again.map(({ reused }) => reused),
      [false, true],
    );
    assert.deepEqual(
      again.map(({ digest }) => digest),
      first.map(({ digest }) => digest),
    );
    assert.equal(said.length, 6);
  }));

test("a driver finds a built image in the store by its digest", () =>
  withStore(async (store) => {
    const [image] = await buildImages({ store, names: ["c"] });
    assert.ok(image);
    const images = openImageStore(store);
    assert.equal(await images.has(image.digest), true);
    const pieces = await images.archive(image.digest);
    assert.match(Buffer.concat(await Array.fromAsync(pieces)).toString("latin1"), /manifest\.json/);
    assert.equal(await images.has(`sha256:${"0".repeat(64)}`), false);
  }));

test("an index that cannot be read costs a build and nothing else", () =>
  withStore(async (store) => {
    await writeFile(join(store, "index.json"), "{");
    assert.deepEqual(await readIndex(store), {});
    assert.equal((await buildImages({ store, names: ["c"] }))[0]?.reused, false);
  }));

test("a name that no image has is refused with the names there are", async () => {
  assert.deepEqual(imageNames(), ["c", "wasi", "php", "java", "node"]);
  await assert.rejects(buildImages({ names: ["cobol"] }), (error) => {
    assert.ok(error instanceof InvalidInput);
    assert.equal(error.message, 'there is no image "cobol"; there are c, wasi, php, java, node');
    return true;
  });
});
