import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { InvalidInput } from "@delchain/runtime";
import fc from "fast-check";
import {
  type ImageEntry,
  MAX_ENTRIES,
  MAX_IMAGE_BYTES,
  MAX_LINK_BYTES,
  orderEntries,
} from "./entries.ts";
import { type ImageSource, writeImage } from "./image.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const file = (path: string, text = ""): ImageEntry => ({
  kind: "file",
  path,
  mode: 0o644,
  data: bytes(text),
});
const ENTRIES: readonly ImageEntry[] = [
  { kind: "file", path: "app/contract", mode: 0o755, data: bytes("hello") },
  { kind: "symlink", path: "contract", target: "app/contract" },
];
const source: ImageSource = {
  platform: "linux/amd64",
  layers: [ENTRIES],
  config: { entrypoint: ["/contract"] },
};

const sha256 = (data: Uint8Array): string => createHash("sha256").update(data).digest("hex");

function refused(code: string): (error: unknown) => boolean {
  return (error) => error instanceof InvalidInput && error.facts.code === code;
}

/** A ustar header from POSIX.1-1988's table of fields, the numbers as six or eleven octal digits and a space. */
function headerByHand(name: string, mode: number, size: number, type: string, link = ""): Buffer {
  const octal = (value: number, digits: number): string =>
    `${value.toString(8).padStart(digits, "0")} `;
  const fields = [
    name.padEnd(100, "\0"),
    ...[mode, 0, 0].map((value) => `${octal(value, 6)}\0`),
    ...[size, 0].map((value) => octal(value, 11)),
    " ".repeat(8),
    type,
    link.padEnd(100, "\0"),
    "ustar\x0000",
    "\0".repeat(64),
    ...[0, 0].map((value) => `${octal(value, 6)}\0`),
  ];
  const header = Buffer.alloc(512);
  header.write(fields.join(""), "latin1");
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${octal(sum, 6)}\0`, 148, "latin1");
  return header;
}

test("an image's digest is the SHA-256 of a configuration put together by hand", async () => {
  const layer = Buffer.concat([
    headerByHand("app", 0o755, 0, "5"),
    headerByHand("app/contract", 0o755, 5, "0"),
    Buffer.from("hello".padEnd(512, "\0")),
    headerByHand("contract", 0o777, 0, "2", "app/contract"),
    Buffer.alloc(1024),
  ]);
  const created = `"created":"1970-01-01T00:00:00Z"`;
  const config =
    `{"architecture":"amd64","config":{"Entrypoint":["/contract"],"Env":[],"Labels":{},"WorkingDir":"/"},` +
    `${created},"history":[{${created},"created_by":"delchain images"}],"os":"linux",` +
    `"rootfs":{"diff_ids":["sha256:${sha256(layer)}"],"type":"layers"}}`;
  const { digest } = await writeImage(source);
  assert.equal(digest, `sha256:${sha256(Buffer.from(config))}`);
  assert.equal(digest, "sha256:e67ec53e655e57bc94649efaf5b64fe7413ce3fbcaae4563e4674ad45a109b40");
});

test("the order of entries and named parents make no difference", async () => {
  const shuffled: ImageSource = {
    ...source,
    layers: [[...ENTRIES.toReversed(), { kind: "directory", path: "app", mode: 0o755 }]],
  };
  assert.deepEqual(await writeImage(shuffled), await writeImage(source));
});

test("any byte of a file, a mode, a path or the configuration changes the digest", async () => {
  const variants: readonly ImageSource[] = [
    source,
    { ...source, platform: "wasi/wasm" },
    { ...source, config: { entrypoint: ["/app/contract"] } },
    { ...source, layers: [[file("app/contract", "hello")]] },
    { ...source, layers: [[file("app/contract", "hellO")]] },
    { ...source, layers: [[file("app/contracts", "hello")]] },
    { ...source, layers: [[file("app/contract", "hello")], [file("app/contract", "hello")]] },
  ];
  const digests = await Promise.all(
    variants.map(async (variant) => (await writeImage(variant)).digest),
  );
  assert.equal(new Set(digests).size, variants.length);
});

test("what no image may have is refused with its reason", () => {
  const cases: readonly (readonly [string, ImageEntry])[] = [
    ["path", file("/etc/passwd")],
    ["path", file("../escape")],
    ["path", file("a/./b")],
    ["path", file("a//b")],
    ["path", file("")],
    ["path", file("größe")],
    ["path", file("two words")],
    ["pathTooLong", file("x".repeat(100))],
    ["pathTooLong", file(`${"d/".repeat(200)}x`)],
    ["mode", { kind: "file", path: "su", mode: 0o4755, data: bytes("") }],
    ["mode", { kind: "directory", path: "tmp", mode: 0o1777 }],
    ["target", { kind: "symlink", path: "a/link", target: "../../etc" }],
    ["target", { kind: "symlink", path: "link", target: "/etc" }],
    ["targetTooLong", { kind: "symlink", path: "link", target: "x".repeat(MAX_LINK_BYTES + 1) }],
    ["kind", { kind: "character-device", path: "null" } as unknown as ImageEntry],
  ];
  for (const [code, entry] of cases) {
    assert.throws(() => orderEntries([entry]), refused(code), `${code}: ${entry.path}`);
  }
  assert.throws(() => orderEntries([file("a"), file("a")]), refused("duplicate"));
  const link: ImageEntry = { kind: "symlink", path: "a", target: "b" };
  assert.throws(() => orderEntries([link, file("a/b")]), refused("parent"));
});

test("an image has at most MAX_ENTRIES entries and MAX_IMAGE_BYTES bytes", () => {
  const many = Array.from({ length: MAX_ENTRIES }, (_, index) => file(`f${index}`));
  assert.equal(orderEntries(many).length, MAX_ENTRIES);
  assert.throws(() => orderEntries([...many, file("one-more")]), refused("tooManyEntries"));
  assert.throws(() => orderEntries([...many.slice(1), file("d/f")]), refused("tooManyEntries"));

  const half = new Uint8Array(MAX_IMAGE_BYTES / 2);
  const [a, b] = ["a", "b"].map(
    (path): ImageEntry => ({ kind: "file", path, mode: 0o644, data: half }),
  );
  assert.equal(orderEntries([a as ImageEntry, b as ImageEntry]).length, 2);
  const over = [a as ImageEntry, b as ImageEntry, file("c", "!")];
  assert.throws(() => orderEntries(over), refused("imageTooLarge"));
});

test("every path that is accepted fits a plain ustar header", async () => {
  const part = fc.string({ unit: fc.constantFrom("a", "b", "."), minLength: 1, maxLength: 120 });
  const path = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join("/"));
  await fc.assert(
    fc.asyncProperty(path, async (text) => {
      try {
        orderEntries([file(text)]);
      } catch {
        return;
      }
      const { layers } = await writeImage({ ...source, layers: [[file(text)]] });
      assert.equal(Buffer.from(layers[0]?.bytes ?? []).includes("PaxHeader"), false);
    }),
    { numRuns: 200 },
  );
});
