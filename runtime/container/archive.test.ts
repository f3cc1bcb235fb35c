import assert from "node:assert/strict";
import { test } from "node:test";
import { concatBytes } from "../types/bytes.ts";
import { Unavailable } from "../types/errors.ts";
import { layerEntries } from "./archive.ts";

const LAYER = `${"ab".repeat(32)}/layer.tar`;
const ENTRIES_MAX = 32_768;

/** One ustar entry (POSIX.1-1988): the fields that are read, the rest zero. */
function entry(name: string, data: Uint8Array, type = "0", prefix = ""): Uint8Array {
  const header = Buffer.alloc(512);
  header.write(name, 0, "latin1");
  header.write("0000755\0", 100, "latin1");
  header.write(`${data.length.toString(8).padStart(11, "0")}\0`, 124, "latin1");
  header.write(type, 156, "latin1");
  header.write(prefix, 345, "latin1");
  return concatBytes(header, data, new Uint8Array((512 - (data.length % 512)) % 512));
}

const END = new Uint8Array(1024);
const text = (value: string): Uint8Array => new TextEncoder().encode(value);

test("files and folders of the layers come in order, links and the archive's own files do not", () => {
  const layer = concatBytes(
    entry("app/", new Uint8Array(0), "5"),
    entry("app/link", new Uint8Array(0), "2"),
    entry("contract.wasm", text("module"), "0", "app/deep"),
    END,
  );
  const archive = concatBytes(entry("manifest.json", text("[]")), entry(LAYER, layer), END);
  const [folder, file, ...others] = layerEntries(archive);
  assert.deepEqual(folder, {
    path: "app",
    kind: "directory",
    mode: 0o755,
    data: new Uint8Array(0),
  });
  assert.equal(file?.path, "app/deep/contract.wasm");
  assert.deepEqual(Buffer.from(file?.data ?? []), Buffer.from("module"));
  assert.deepEqual(others, []);
});

test("an archive that is cut, or says nonsense, or has too many entries is unavailable", () => {
  const archive = concatBytes(entry(LAYER, entry("a", text("data"))), END);
  assert.throws(() => layerEntries(archive.subarray(0, 1100)), Unavailable);
  const nonsense = entry("a", text(""));
  nonsense.set(text("not octal  "), 124);
  assert.throws(() => layerEntries(nonsense), Unavailable);

  const one = entry("a", new Uint8Array(0));
  const many = new Uint8Array(512 * (ENTRIES_MAX + 1));
  for (let i = 0; i <= ENTRIES_MAX; i++) many.set(one, 512 * i);
  assert.deepEqual(layerEntries(many.subarray(512)), []);
  assert.throws(() => layerEntries(many), /not readable at byte 16777216/);
});
