import assert from "node:assert/strict";
import { test } from "node:test";
import { InvalidInput } from "@delchain/runtime";
import { paxRecord, type RawEntry, rawEntry, rawTar } from "../probe/rawTar.ts";
import { MAX_ENTRIES, MAX_IMAGE_BYTES } from "../writer/entries.ts";
import { ByteReader } from "./byteReader.ts";
import { ImageTree } from "./imageTree.ts";
import { MAX_EXTENSION_BYTES, MAX_PART_BYTES, MAX_PATH_BYTES } from "./limits.ts";
import type { ImageRefusal } from "./refusal.ts";

/** In pieces that end in the middle of headers. */
async function* piecesOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  const piece = bytes.length < 100_000 ? 777 : 100_003;
  for (let at = 0; at < bytes.length; at += piece) yield bytes.subarray(at, at + piece);
}

async function treeOf(...layers: readonly Uint8Array[]): Promise<ImageTree> {
  const tree = new ImageTree();
  for (const layer of layers) await tree.addLayer(new ByteReader(piecesOf(layer)));
  tree.finish();
  return tree;
}

async function pathsOf(...layers: readonly Uint8Array[]): Promise<readonly string[]> {
  return [...(await treeOf(...layers)).nodes.keys()].sort();
}

const named = (name: string): RawEntry => ({ name });
const folder = (name: string): RawEntry => ({ name, type: "5", mode: 0o755 });
const symlink = (name: string, target: string): RawEntry => ({ name, type: "2", target });
const hardLink = (name: string, target: string): RawEntry => ({ name, type: "1", target });
const pax = (...records: readonly (readonly [string, string])[]): RawEntry => ({
  name: "PaxHeader",
  type: "x",
  data: records.map(([key, value]) => paxRecord(key, value)).join(""),
});
const long = (name: string, type = "L"): RawEntry => ({
  name: "././@LongLink",
  type,
  data: `${name}\0`,
});
const parts = (bytes: number): string => `${"a/".repeat(bytes / 2 - 1)}bb`;

test("files, folders and links of a layer are seen as they stand, long names and GNU's header too", async () => {
  const deep = `${"d".repeat(200)}/${"f".repeat(MAX_PART_BYTES)}`;
  const tree = await treeOf(
    rawTar(
      folder("./"),
      folder("./etc/"),
      { name: "etc/hosts", data: "localhost", mode: 0o600 },
      hardLink("etc/names", "etc/hosts"),
      symlink("lib", "usr/lib"),
      symlink("etc/mtab", "/proc/mounts"),
      symlink("etc/up", "../etc/hosts"),
      pax(["path", "größe"], ["mtime", "1.5"], ["SCHILY.xattr.user.note", "x"]),
      named("short"),
      long(deep),
      { name: "cut", magic: "ustar  \0" },
      long("usr/lib", "K"),
      symlink("far", "cut"),
    ),
  );
  assert.deepEqual(
    [...tree.nodes].map(([path, { kind, mode, size, target }]) => [path, kind, mode, size, target]),
    [
      ["etc", "directory", 0o755, 0, ""],
      ["etc/hosts", "file", 0o600, 9, ""],
      ["etc/names", "hardLink", 0o600, 9, "etc/hosts"],
      ["lib", "symlink", 0o644, 0, "usr/lib"],
      ["etc/mtab", "symlink", 0o644, 0, "/proc/mounts"],
      ["etc/up", "symlink", 0o644, 0, "../etc/hosts"],
      ["größe", "file", 0o644, 0, ""],
      [deep, "file", 0o644, 0, ""],
      ["far", "symlink", 0o644, 0, "usr/lib"],
    ],
  );
  assert.equal(tree.bytes, 9);
});

test("a later layer adds, replaces and hides, and whiteouts hide only what lies below", async () => {
  const low = rawTar(named("a/one"), named("a/two"), named("b/one"), folder("c"), named("c/one"));
  assert.deepEqual(await pathsOf(low, rawTar(named("a/.wh.one"), named("a/three"))), [
    "a/three",
    "a/two",
    "b/one",
    "c",
    "c/one",
  ]);
  assert.deepEqual(await pathsOf(low, rawTar(named("a/new"), named("a/.wh..wh..opq"))), [
    "a/new",
    "b/one",
    "c",
    "c/one",
  ]);
  assert.deepEqual(await pathsOf(low, rawTar(named(".wh.a"), symlink("c", "b"))), ["b/one", "c"]);
  assert.deepEqual(await pathsOf(low, rawTar(named(".wh..wh..opq"))), []);
});

test("a set-uid program is refused where a container sees it, and not where a later layer has taken the bit", async () => {
  const low = rawTar({ name: "bin/su", mode: 0o4755 });
  await assert.rejects(treeOf(low), refused("mode"));
  await assert.rejects(treeOf(rawTar({ name: "bin/wall", mode: 0o2755 })), refused("mode"));
  await assert.rejects(
    treeOf(rawTar({ name: "a", mode: 0o4755 }, hardLink("b", "a"), named(".wh.a"))),
    refused("mode"),
  );
  await assert.rejects(treeOf(rawTar({ ...folder("mail"), mode: 0o2775 })), refused("mode"));
  assert.deepEqual(await pathsOf(low, rawTar({ name: "bin/su", mode: 0o755 })), ["bin/su"]);
  assert.deepEqual(await pathsOf(low, rawTar(named("bin/.wh.su"))), []);
  assert.deepEqual(await pathsOf(rawTar({ ...folder("tmp"), mode: 0o1777 })), ["tmp"]);
});

const REFUSED: readonly (readonly [ImageRefusal, string, readonly RawEntry[]])[] = [
  ["path", "an absolute path", [named("/etc/passwd")]],
  ["path", "a path out of the image", [named("a/../../etc/passwd")]],
  ["path", "a path out of the image in a pax record", [pax(["path", "../escape"]), named("a")]],
  ["path", "a path out of the image in a long name", [long("../escape"), named("a")]],
  ["path", "an empty part", [named("a//b")]],
  ["path", "a dot in the middle", [named("a/./b")]],
  ["path", "a root that is a file", [named("./")].map((one) => ({ ...one, name: "." }))],
  ["path", "a control character", [named("a\x1b[2J")]],
  ["path", "a NUL in a pax record", [pax(["path", "a\0b"]), named("a")]],
  ["path", "a name that is not UTF-8", [named("a")]],
  ["path", "a path over the limit", [long(`${parts(MAX_PATH_BYTES)}c`), named("a")]],
  ["path", "a part over the limit", [long("x".repeat(MAX_PART_BYTES + 1)), named("a")]],
  ["link", "a link out of the image", [symlink("a/b", "../../etc")]],
  ["link", "a link to nothing", [symlink("a", "")]],
  ["path", "a link's control character", [symlink("a", "b\nc")]],
  [
    "path",
    "a link's target over the limit",
    [long("t".repeat(MAX_PATH_BYTES + 1), "K"), symlink("a", "")],
  ],
  ["hardLink", "a hard link to an absolute path", [hardLink("a", "/etc/shadow")]],
  ["hardLink", "a hard link out of the layer", [hardLink("a", "../shadow")]],
  ["hardLink", "a hard link to what comes later", [hardLink("a", "b"), named("b")]],
  ["hardLink", "a hard link to a link", [symlink("b", "c"), hardLink("a", "b")]],
  ["device", "a character device", [{ name: "null", type: "3" }]],
  ["device", "a block device", [{ name: "sda", type: "4" }]],
  ["device", "a pipe", [{ name: "pipe", type: "6" }]],
  ["parent", "a file below a link of its layer", [symlink("a", "b"), named("a/c")]],
  ["parent", "a file below a file", [named("a"), named("a/b")]],
  ["parent", "a link in the place of a folder", [named("a/c/d"), symlink("a", "b")]],
  ["parent", "a file in the place of a folder", [named("a/c/d"), named("a/c")]],
  ["duplicate", "a path twice", [named("a"), named("./a")]],
  ["duplicate", "a folder that is a file too", [folder("a"), named("a")]],
  ["whiteout", "a whiteout with content", [{ name: ".wh.a", data: "x" }]],
  ["whiteout", "a whiteout that is a folder", [folder(".wh.a")]],
  ["whiteout", "a whiteout of nothing", [named("a/.wh.")]],
  ["whiteout", "what aufs writes", [named(".wh..wh.plnk")]],
  ["whiteout", "a file in a whiteout", [named(".wh.a/b")]],
  ["extension", "a sparse file", [{ name: "a", type: "S" }]],
  ["extension", "a sparse file by pax", [pax(["GNU.sparse.major", "1"]), named("a")]],
  ["extension", "a capability", [pax(["SCHILY.xattr.security.capability", "\x01"]), named("a")]],
  [
    "extension",
    "an attribute of overlayfs",
    [pax(["SCHILY.xattr.trusted.overlay.opaque", "y"]), named("a")],
  ],
  ["extension", "a global header", [{ name: "g", type: "g", data: paxRecord("path", "b") }]],
  ["extension", "an unknown type", [{ name: "a", type: "7" }]],
  ["extension", "a wrong length of a pax record", [{ name: "x", type: "x", data: "99 path=a\n" }]],
  ["extension", "a wrong size in a pax record", [pax(["size", "1e3"]), named("a")]],
  [
    "extension",
    "a pax record without a value",
    [{ name: "x", type: "x", data: "8 pathx\n" }, named("a")],
  ],
  ["extension", "an empty name in a pax record", [pax(["path", ""]), folder("a")]],
  ["extension", "an empty long name", [long(""), folder("a")]],
  ["extension", "pax records twice", [pax(["path", "a"]), pax(["mtime", "1"]), named("b")]],
  ["extension", "a long name twice", [long("a"), long("b"), named("c")]],
  ["extension", "a name by pax after GNU's", [long("a"), pax(["path", "b"]), named("c")]],
  ["extension", "a name by GNU after pax's", [pax(["path", "b"]), long("a"), named("c")]],
  ["extension", "a long name of nothing", [long("a")]],
  ["extension", "an extension over the limit", [long("x".repeat(MAX_EXTENSION_BYTES)), named("a")]],
  ["header", "a file with a folder's name", [named("a/")]],
  ["header", "a folder with content", [{ ...folder("a"), data: "x" }]],
  ["header", "another magic", [{ name: "a", magic: "posix\x0000" }]],
  ["header", "a wrong sum", [{ name: "a", sum: "000001\0 " }]],
  ["header", "a size in base 256", [{ name: "a", size: "\x80\0\0\0\0\0\0\0\0\0\0\x01" }]],
  [
    "bytes",
    "a file over the limit",
    [{ name: "a", size: `${(MAX_IMAGE_BYTES + 1).toString(8)}\0` }],
  ],
];

function refused(code: ImageRefusal): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof InvalidInput, String(error));
    assert.equal(error.facts.code, code, error.message);
    return true;
  };
}

for (const [code, what, entries] of REFUSED) {
  test(`a layer is refused for ${what}`, async () => {
    const layer = rawTar(...entries);
    // The one that cannot be written as text.
    if (what === "a name that is not UTF-8") {
      layer[0] = 0xff;
      layer.write(`${(0o7777 & sumOf(layer)).toString(8).padStart(6, "0")}\0 `, 148, "latin1");
    }
    await assert.rejects(treeOf(layer), refused(code));
  });
}

function sumOf(tar: Buffer): number {
  const header = Buffer.from(tar.subarray(0, 512));
  header.fill(0x20, 148, 156);
  return header.reduce((sum, byte) => sum + byte, 0);
}

test("a path, its parts and a link's target may have as many bytes as the limits say", async () => {
  const path = parts(MAX_PATH_BYTES);
  const target = `${"b".repeat(MAX_PATH_BYTES - 2)}/c`;
  const layer = rawTar(long(path), named("a"), long(target, "K"), symlink("z", ""));
  assert.deepEqual(await pathsOf(layer), [path, "z"]);
});

test("what stands after the end, and a tar that is cut anywhere, is refused", async () => {
  const layer = rawTar({ name: "a", data: "content" });
  assert.deepEqual(await pathsOf(Buffer.concat([layer, Buffer.alloc(10_240)])), ["a"]);
  const hidden = Buffer.concat([layer, rawEntry(named("b"))]);
  await assert.rejects(treeOf(hidden), refused("trailing"));
  await assert.rejects(treeOf(Buffer.concat([layer, Buffer.of(1)])), refused("trailing"));
  for (const end of [0, 100, 512, 515, 1024, 1024 + 512, 1024 + 1023]) {
    await assert.rejects(treeOf(layer.subarray(0, end)), refused("header"), `cut at ${end}`);
  }
});

test("an image has at most MAX_ENTRIES entries and MAX_IMAGE_BYTES bytes, over all layers", async () => {
  const many = Array.from({ length: MAX_ENTRIES - 1 }, (_, at) => named(`f${at}`));
  const [layer, one] = [rawTar(...many), rawTar(named("a"))];
  const full = await treeOf(layer);
  // A hidden file counts: an engine unpacks it all the same.
  await full.addLayer(new ByteReader(piecesOf(rawTar(named(".wh.f1")))));
  assert.equal(full.nodes.size, MAX_ENTRIES - 2);
  await assert.rejects(full.addLayer(new ByteReader(piecesOf(one))), refused("entries"));

  const tree = new ImageTree();
  await tree.addLayer(new ByteReader(zeros("half", MAX_IMAGE_BYTES / 2)));
  await tree.addLayer(new ByteReader(zeros("other", MAX_IMAGE_BYTES / 2)));
  assert.equal(tree.bytes, MAX_IMAGE_BYTES);
  const over = new ByteReader(piecesOf(rawTar({ name: "c", data: "!" })));
  await assert.rejects(tree.addLayer(over), refused("bytes"));
});

/** A layer with one large file. */
async function* zeros(name: string, bytes: number): AsyncGenerator<Uint8Array> {
  yield rawEntry({ name, size: `${bytes.toString(8).padStart(11, "0")}\0` });
  const piece = new Uint8Array(1024 * 1024);
  for (let left = bytes + 1024; left > 0; left -= piece.length) yield piece.subarray(0, left);
}
