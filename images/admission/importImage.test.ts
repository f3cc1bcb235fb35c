import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtemp, open, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { test } from "node:test";
import { createGzip, gzipSync, zstdCompressSync } from "node:zlib";
import { InvalidInput, Unavailable } from "@delchain/runtime";
import { dockerArchive, ociArchive, type RawArchive, rawEntry, rawTar } from "../probe/rawTar.ts";
import { openImageStore } from "../store/imageStore.ts";
import { hasImage, imageBytes, storedDigests } from "../store/store.ts";
import { sha256 } from "../writer/image.ts";
import { importImage, importStream } from "./importImage.ts";
import {
  MAX_ARCHIVE_BYTES,
  MAX_ARCHIVE_FILES,
  MAX_LAYERS,
  MAX_MANIFEST_BYTES,
  MAX_MANIFESTS,
  MAX_RATIO,
  RATIO_FREE_BYTES,
} from "./limits.ts";
import type { ImageRefusal } from "./refusal.ts";

const LOW = rawTar({ name: "base", data: "b" });
const HIGH = rawTar({ name: "own", data: "o", mode: 0o755 });
const IDS = [LOW, HIGH].map((layer) => `sha256:${sha256(layer)}`);

async function withStore(act: (store: string) => Promise<void>): Promise<void> {
  const store = await mkdtemp(join(tmpdir(), "delchain-import-"));
  try {
    await act(store);
  } finally {
    await rm(store, { recursive: true });
  }
}

const take = (store: string, archive: Uint8Array, expected?: RawArchive["digest"]) =>
  importStream(store, Readable.from([archive]), expected);

function refused(code: ImageRefusal, message = /./): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof InvalidInput, String(error));
    assert.equal(error.facts.code, code, error.message);
    assert.match(error.message, message);
    return true;
  };
}

const packings: readonly (readonly [string, (layer: Uint8Array) => Uint8Array])[] = [
  ["plain", (layer) => layer],
  ["gzip", gzipSync],
  ["zstd", zstdCompressSync],
];

for (const [name, pack] of packings) {
  test(`an image is taken from docker's archive and from an OCI layout alike, its layers ${name}`, () =>
    withStore(async (store) => {
      const image = { layers: [LOW, HIGH].map(pack), diffIds: IDS };
      for (const { digest, archive } of [dockerArchive(image), ociArchive(image)]) {
        const imported = await take(store, archive, digest);
        const bytes = LOW.length + HIGH.length;
        assert.deepEqual(imported, { digest, platform: "linux/amd64", bytes, layers: 2 });
        assert.equal(await hasImage(store, digest), true);
        assert.equal(await imageBytes(store, digest), bytes);
      }
      assert.deepEqual(await readdir(store), ["configs", "imported", "layers"]);
    }));
}

test("what the store gives on is our own archive, under our own name alone", () =>
  withStore(async (store) => {
    const { digest, archive } = dockerArchive({ layers: [LOW, HIGH] });
    await take(store, archive);
    const given = Buffer.concat(await Array.fromAsync(await openImageStore(store).archive(digest)));
    assert.ok(given.includes(`"RepoTags":["delchain.local/image:${digest.slice(7)}"]`));
    assert.ok(!given.includes("somebody/else"));
    // It is an archive like others, with the same image in it.
    assert.equal((await take(store, given)).digest, digest);
  }));

test("a layer that stands twice is taken twice, a link of docker's to the first one too", () =>
  withStore(async (store) => {
    const { archive } = dockerArchive({ layers: [LOW, LOW] });
    const twice = await take(store, archive);
    assert.equal(twice.layers, 2);
    const linked = rawTar(
      { name: "layer0/layer.tar", data: LOW },
      { name: "layer1/layer.tar", type: "2", target: "../layer0/layer.tar" },
      { name: `${twice.digest.slice(7)}.json`, data: await configOf(store, twice.digest) },
      {
        name: "manifest.json",
        data: JSON.stringify([
          {
            Config: `${twice.digest.slice(7)}.json`,
            Layers: ["layer0/layer.tar", "layer1/layer.tar"],
          },
        ]),
      },
    );
    assert.equal((await take(store, linked)).digest, twice.digest);
  }));

const configOf = (store: string, digest: string): Promise<Buffer> =>
  readFile(join(store, "configs", `${digest.slice(7)}.json`));

const config = (own: Readonly<Record<string, unknown>>) =>
  dockerArchive({ layers: [LOW], config: own }).archive;
const manyLayers = (count: number) => {
  const layers = Array.from({ length: count }, () => LOW);
  return dockerArchive({ layers });
};
const filler = (count: number) => {
  const { archive } = dockerArchive({ layers: [LOW] });
  const files = Array.from({ length: count }, (_, at) => ({ name: `f${at}` }));
  return Buffer.concat([rawTar(...files).subarray(0, -1024), archive]);
};

const REFUSED: readonly (readonly [ImageRefusal, string, () => Uint8Array, RegExp?])[] = [
  [
    "configuration",
    "VOLUME",
    () => config({ config: { Volumes: { "/data": {} } } }),
    /VOLUME .* Dockerfile/,
  ],
  [
    "configuration",
    "a volume in another case",
    () => config({ Config: { volumes: { "/d": {} } }, config: undefined }),
  ],
  ["configuration", "ONBUILD", () => config({ config: { OnBuild: ["RUN x"] } }), /ONBUILD/],
  [
    "configuration",
    "HEALTHCHECK",
    () => config({ config: { Healthcheck: { Test: ["CMD", "x"] } } }),
    /HEALTHCHECK/,
  ],
  [
    "archive",
    "two configurations that engines join",
    () => config({ Config: { Volumes: {} } }),
    /"config" twice/,
  ],
  [
    "platform",
    "another platform",
    () => config({ architecture: "arm64" }),
    /"linux\/arm64".*--platform/,
  ],
  ["layers", "no layers", () => config({ rootfs: { type: "layers", diff_ids: [] } })],
  [
    "layers",
    "fewer layers than it names",
    () => config({ rootfs: { diff_ids: [IDS[0], IDS[1]] } }),
    /names 2 layers, and the archive has 1/,
  ],
  [
    "layers",
    "more layers than MAX_LAYERS",
    () => manyLayers(MAX_LAYERS + 1).archive,
    /128 layers; the limit is 127/,
  ],
  [
    "digest",
    "a hash of another kind",
    () => config({ rootfs: { diff_ids: [`sha512:${"a".repeat(128)}`] } }),
  ],
  [
    "digest",
    "a layer with another hash",
    () => dockerArchive({ layers: [LOW], diffIds: [IDS[1] ?? ""] }).archive,
    /SHA-256/,
  ],
  ["digest", "a manifest that names another digest", otherName, /calls the configuration/],
  ["digest", "a blob with another hash", damagedOci],
  ["archive", "several images", () => dockerOf([{}, {}]), /2 images; save one/],
  ["archive", "a manifest that is no list", () => dockerOf({})],
  ["archive", "a manifest that is no JSON", () => rawTar({ name: "manifest.json", data: "[" })],
  ["archive", "a manifest without layers", () => dockerOf([{ Config: "a" }])],
  [
    "archive",
    "a layer that is not there",
    () => dockerArchive({ layers: [LOW], manifest: { Layers: ["x"] } }).archive,
    /has no "x"/,
  ],
  ["archive", "neither of the two forms", () => rawTar({ name: "Dockerfile" }), /docker save/],
  ["archive", "a manifest over the limit", () => dockerOf(" ".repeat(MAX_MANIFEST_BYTES))],
  [
    "archive",
    "a gzip that is cut",
    () =>
      dockerArchive({ layers: [gzipSync(LOW).subarray(0, 30)], diffIds: [IDS[0] ?? ""] }).archive,
    /cannot be unpacked/,
  ],
  [
    "archive",
    "a zstd that is damaged",
    () =>
      dockerArchive({
        layers: [Buffer.concat([zstdCompressSync(LOW).subarray(0, 9), Buffer.alloc(40, 1)])],
        diffIds: [IDS[0] ?? ""],
      }).archive,
  ],
  ["archive", "several images for this platform", () => manifests(2), /2 images for/],
  ["archive", "MAX_MANIFESTS images", () => manifests(MAX_MANIFESTS), /16 images for/],
  ["archive", "more than MAX_MANIFESTS", () => manifests(MAX_MANIFESTS + 1), /17 .*limit is 16/],
  ["entries", "more files than MAX_ARCHIVE_FILES", () => filler(MAX_ARCHIVE_FILES)],
  [
    "duplicate",
    "a manifest twice",
    () => rawTar({ name: "manifest.json", data: "[]" }, { name: "./manifest.json" }),
  ],
  [
    "hardLink",
    "a hard link around its layers",
    () => rawTar({ name: "a" }, { name: "b", type: "1", target: "a" }),
  ],
  ["path", "a file that would lie outside", () => rawTar({ name: "../manifest.json" })],
  [
    "trailing",
    "bytes after its end",
    () => Buffer.concat([dockerArchive({ layers: [LOW] }).archive, Buffer.of(7)]),
  ],
  [
    "mode",
    "a set-uid program",
    () => dockerArchive({ layers: [rawTar({ name: "su", mode: 0o4755 })] }).archive,
    /"su" has the mode 4755.*chmod a-s/,
  ],
  [
    "device",
    "a device",
    () => dockerArchive({ layers: [rawTar({ name: "null", type: "3" })] }).archive,
  ],
];

function dockerOf(list: unknown): Uint8Array {
  return rawTar({ name: "manifest.json", data: JSON.stringify(list) });
}

function otherName(): Uint8Array {
  const { archive, digest } = dockerArchive({ layers: [LOW] });
  const text = archive.toString("latin1").replaceAll(digest.slice(7), "a".repeat(64));
  const renamed = Buffer.from(text, "latin1");
  // The name stands in a header too, whose sum is the first.
  const header = Buffer.from(renamed.subarray(0, 512));
  header.fill(0x20, 148, 156);
  const sum = header.reduce((total, byte) => total + byte, 0);
  renamed.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  return renamed;
}

function damagedOci(): Uint8Array {
  const { archive } = ociArchive({ layers: [LOW] });
  archive.write("LINUX", archive.indexOf('"linux"') + 1);
  return archive;
}

function manifests(count: number): Uint8Array {
  const manifest = Buffer.from('{"layers":[]}');
  const descriptor = { digest: `sha256:${sha256(manifest)}`, size: manifest.length };
  return rawTar(
    { name: `blobs/sha256/${sha256(manifest)}`, data: manifest },
    { name: "index.json", data: JSON.stringify({ manifests: Array(count).fill(descriptor) }) },
  );
}

for (const [code, what, archive, message] of REFUSED) {
  test(`an image is refused for ${what}, and leaves nothing that could run`, () =>
    withStore(async (store) => {
      await assert.rejects(take(store, archive()), refused(code, message));
      assert.deepEqual(await storedDigests(store), []);
      const left = await readdir(store, { recursive: true });
      assert.deepEqual(
        left.filter((name) => name.endsWith(".new")),
        [],
      );
    }));
}

test("MAX_LAYERS layers and MAX_ARCHIVE_FILES files are taken", () =>
  withStore(async (store) => {
    assert.equal((await take(store, manyLayers(MAX_LAYERS).archive)).layers, MAX_LAYERS);
    await take(store, filler(MAX_ARCHIVE_FILES - 3));
  }));

test("a zip bomb is refused as soon as it passes MAX_RATIO, before it has filled anything", () =>
  withStore(async (store) => {
    const packed = createGzip({ level: 9 });
    const zeros = new Uint8Array(1024 * 1024);
    const bytes = 64 * zeros.length;
    const bomb = Readable.from(Array(64).fill(zeros)).pipe(packed);
    const layer = Buffer.concat(await Array.fromAsync(bomb));
    assert.ok(layer.length * MAX_RATIO < bytes);
    const { archive } = dockerArchive({ layers: [layer], diffIds: [IDS[0] ?? ""] });
    await assert.rejects(take(store, archive), refused("ratio", /over 100 for one/));

    const file = rawTar({ name: "zeros", data: new Uint8Array(RATIO_FREE_BYTES * 4) });
    const layers = [gzipSync(file, { level: 9 })];
    const bombed = dockerArchive({ layers, diffIds: [`sha256:${sha256(file)}`] });
    await assert.rejects(take(store, bombed.archive), refused("ratio", /over 100 for one/));
    const small = rawTar({ name: "zeros", data: new Uint8Array(RATIO_FREE_BYTES / 2) });
    const free = dockerArchive({
      layers: [gzipSync(small, { level: 9 })],
      diffIds: [`sha256:${sha256(small)}`],
    });
    assert.equal((await take(store, free.archive)).bytes, small.length);
  }));

test("what fills tars up counts, over all layers, before it has filled the store", () =>
  withStore(async (store) => {
    const bytes = MAX_ARCHIVE_BYTES / 2 + 512;
    const sum = createHash("sha256").update(LOW);
    const zeros = new Uint8Array(512 * 1024);
    for (let left = bytes - LOW.length; left > 0; left -= zeros.length) {
      sum.update(zeros.subarray(0, left));
    }
    const id = `sha256:${sum.digest("hex")}`;
    const { archive } = dockerArchive({
      layers: [],
      diffIds: [id, id],
      manifest: { Layers: ["l", "l"] },
    });
    const layer = rawEntry({ name: "l", size: `${bytes.toString(8).padStart(11, "0")}\0` });
    // The zeros are holes of the file.
    const path = join(store, "image.tar");
    const file = await open(path, "w");
    await file.write(Buffer.concat([layer, LOW]));
    await file.write(archive, 0, archive.length, layer.length + bytes);
    await file.close();
    await assert.rejects(
      importImage(store, path),
      refused("bytes", /its layers' tars have more than/),
    );
    assert.deepEqual(await storedDigests(store), []);
  }));

test("an archive with another image than was asked for is refused by both digests", () =>
  withStore(async (store) => {
    const { archive, digest } = dockerArchive({ layers: [LOW] });
    const other = dockerArchive({ layers: [HIGH] }).digest;
    const message = new RegExp(`has image ${digest}, and ${other} was asked for`);
    await assert.rejects(take(store, archive, other), refused("digest", message));
  }));

test("a file is imported where it lies", () =>
  withStore(async (store) => {
    const { archive, digest } = dockerArchive({ layers: [LOW] });
    const path = join(store, "image.tar");
    await writeFile(path, archive);
    assert.equal((await importImage(store, path)).digest, digest);
    assert.deepEqual(await readFile(path), archive);
  }));

test("what the operator's list has is refused when it comes and when it starts, with the reason", () =>
  withStore(async (store) => {
    const status = "Package: openssl\nStatus: install ok installed\nVersion: 3.0.11-1\n";
    const layer = rawTar({ name: "var/lib/dpkg/status", data: status });
    const { archive, digest } = dockerArchive({ layers: [LOW, layer] });
    await take(store, archive);
    const images = openImageStore(store, { folder: store });
    for (const line of [
      `${digest} leaks keys`,
      `sha256:${sha256(layer)} leaks keys`,
      "pkg:deb/debian/openssl@3.0.11-1 leaks keys",
      "# a remark\n\npkg:deb/debian/openssl leaks keys",
    ]) {
      await writeFile(join(store, "known-bad.txt"), `${line}\n`);
      await assert.rejects(take(store, archive), refused("knownBad", /lists \(leaks keys\)/));
      await assert.rejects(
        images.admit(digest, []),
        (error) => error instanceof Unavailable && /leaks keys/.test(error.message),
      );
    }
    await writeFile(join(store, "known-bad.txt"), "pkg:deb/debian/openssl@3.0.12\n");
    await images.admit(digest, []);
    await writeFile(join(store, "known-bad.txt"), "\nopenssl 3\n");
    const unread = (error: unknown) =>
      error instanceof Unavailable &&
      /known-bad\.txt:2: "openssl 3" is neither/.test(error.message);
    await assert.rejects(images.admit(digest, []), unread);
    await assert.rejects(take(store, archive), unread);
  }));
