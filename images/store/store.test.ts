import assert from "node:assert/strict";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { InvalidInput, Unavailable } from "@delchain/runtime";
import { extract } from "tar-stream";
import type { ImageEntry } from "../writer/entries.ts";
import { type BaseLayer, type ImageSource, writeImage } from "../writer/image.ts";
import { openImageStore } from "./imageStore.ts";
import { configPath, layerPath } from "./layout.ts";
import { memoryImages } from "./memoryImages.ts";
import { hasImage, imageBytes, loadConfig, saveImage, storeImage } from "./store.ts";

const file = (path: string, text: string): ImageEntry => ({
  kind: "file",
  path,
  mode: 0o644,
  data: Buffer.from(text),
});

/** Says how often it was made. */
function base(key: string, text: string): BaseLayer & { readonly made: () => number } {
  let made = 0;
  return {
    key,
    made: () => made,
    entries: async () => {
      made++;
      return [file("base", text)];
    },
  };
}

const imageOf = (...layers: ImageSource["layers"]): ImageSource => ({
  platform: "linux/amd64",
  layers,
  config: { entrypoint: ["/own"] },
});

async function withStore(act: (store: string) => Promise<void>): Promise<void> {
  const store = await mkdtemp(join(tmpdir(), "delchain-store-"));
  try {
    await act(store);
  } finally {
    await rm(store, { recursive: true });
  }
}

async function namesIn(archive: AsyncIterable<Uint8Array>): Promise<readonly string[]> {
  const reader = extract();
  reader.end(Buffer.concat(await Array.fromAsync(archive)));
  const names: string[] = [];
  for await (const entry of reader) {
    names.push(entry.header.name);
    entry.resume();
  }
  return names;
}

test("images share a base: it is encoded once, and each project adds its own layer alone", () =>
  withStore(async (store) => {
    const shared = base("runtime-1", "x".repeat(100_000));
    const first = await storeImage(store, imageOf(shared, [file("own", "one")]));
    const second = await storeImage(store, imageOf(shared, [file("own", "two")]));
    assert.equal(shared.made(), 1);
    assert.equal((await readdir(join(store, "layers"))).length, 3);
    assert.equal(await imageBytes(store, second.digest), second.bytes);

    const inMemory = await writeImage(imageOf(shared, [file("own", "one")]));
    assert.equal(inMemory.digest, first.digest);
  }));

test("a base is made again when its key changes, or when its layer is gone", () =>
  withStore(async (store) => {
    const before = base("runtime-1", "old");
    const { digest } = await storeImage(store, imageOf(before));
    const after = base("runtime-2", "new");
    assert.notEqual((await storeImage(store, imageOf(after))).digest, digest);
    await rm(join(store, "layers"), { recursive: true });
    assert.equal(await hasImage(store, digest), false);
    assert.equal((await storeImage(store, imageOf(before))).digest, digest);
    assert.deepEqual([before.made(), after.made()], [2, 1]);
    assert.equal(await hasImage(store, digest), true);
  }));

test("an archive has all layers, or all but those that an engine has", () =>
  withStore(async (store) => {
    const image = await writeImage(imageOf([file("base", "b")], [file("own", "o")]));
    await saveImage(store, image);
    const [low = "", high = ""] = image.layers.map(({ hash }) => hash);
    const config = `${image.digest.slice("sha256:".length)}.json`;
    for (const images of [openImageStore(store), memoryImages(image)]) {
      assert.deepEqual(await images.layers(image.digest), [`sha256:${low}`, `sha256:${high}`]);
      const whole = await namesIn(await images.archive(image.digest));
      const layers = [low, high].flatMap((hash) => [hash, `${hash}/layer.tar`]);
      assert.deepEqual(whole, [config, ...layers, "manifest.json"]);
      const without = new Set([`sha256:${low}`]);
      const lean = await namesIn(await images.archive(image.digest, without));
      assert.deepEqual(lean, [config, high, `${high}/layer.tar`, "manifest.json"]);
    }
  }));

test("an image with one layer twice has it once in its archive", async () => {
  const image = await writeImage(imageOf([file("own", "o")], [file("own", "o")]));
  const names = await namesIn(await memoryImages(image).archive(image.digest));
  assert.equal(names.filter((name) => name.endsWith("/layer.tar")).length, 1);
});

test("an image that is not there, damaged or another one is the host's trouble, before a byte of it is sent", () =>
  withStore(async (store) => {
    const image = await writeImage(imageOf([file("own", "hello")]));
    const images = openImageStore(store);
    const refused = (message: RegExp) => (error: unknown) =>
      error instanceof Unavailable && message.test(error.message);
    await assert.rejects(images.archive(image.digest), refused(/is not in the store/));
    await saveImage(store, image);
    const layer = layerPath(store, image.layers[0]?.hash ?? "");
    const bytes = Buffer.from(image.layers[0]?.bytes ?? []);
    bytes[bytes.indexOf("hello")] = 0x48;
    await writeFile(layer, bytes);
    await assert.rejects(
      images.archive(image.digest),
      refused(/SHA-256.*delete .*\.tar, and build/),
    );
    await writeFile(configPath(store, image.digest), "{}");
    await assert.rejects(images.archive(image.digest), refused(/another hash.*rm --force/));
  }));

test("a configuration that is damaged, and a layer that is cut, are written anew", () =>
  withStore(async (store) => {
    const image = await writeImage(imageOf([file("own", "hello")]));
    await saveImage(store, image);
    await writeFile(configPath(store, image.digest), "{");
    await writeFile(layerPath(store, image.layers[0]?.hash ?? ""), "cut");
    assert.equal(await hasImage(store, image.digest), false);
    await saveImage(store, image);
    assert.equal(await hasImage(store, image.digest), true);
    await Array.fromAsync(await openImageStore(store).archive(image.digest));
  }));

test("a full store says what it has, its limit and how to make room", () =>
  withStore(async (store) => {
    const image = await writeImage(imageOf([file("own", "hello")]));
    const bytes = image.layers[0]?.bytes.length ?? 0;
    await assert.rejects(
      saveImage(store, image, bytes - 1),
      (error) =>
        error instanceof Unavailable &&
        error.message.includes(`has 0 bytes of layers and would pass its limit of ${bytes - 1}`) &&
        error.message.includes("delchain images prune"),
    );
    assert.equal((await saveImage(store, image, bytes)).digest, image.digest);
  }));

test("what is no digest is refused before it becomes a path", () =>
  withStore(async (store) => {
    const isRefused = (error: unknown) =>
      error instanceof InvalidInput && error.facts.code === "imageDigest";
    await assert.rejects(hasImage(store, "sha256:../../etc/passwd"), isRefused);
    await assert.rejects(loadConfig(store, "latest"), isRefused);
  }));
