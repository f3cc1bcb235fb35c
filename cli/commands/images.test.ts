import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { dockerArchive, rawTar } from "../../images/probe/rawTar.ts";
import { CommandError } from "../commandError.ts";
import { EXIT } from "../exitCodes.ts";
import type { Output } from "../output.ts";
import { exportArchive, importArchive, list, prune, remove, sbom, scan, sign } from "./images.ts";

let folder: string;
let store: string;
const at = (name: string): string => join(folder, name);

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "delchain-images-"));
  store = at("store");
});
after(() => rm(folder, { recursive: true }));

/** What a command said: its answer, its JSON, its remarks. */
async function said(run: (output: Output) => Promise<void>) {
  const [lines, values, notes]: [string[], unknown[], string[]] = [[], [], []];
  await run({
    line: (text = "") => void lines.push(text),
    json: (value) => void values.push(value),
    note: (text) => void notes.push(text),
  });
  return { lines, values, notes };
}

const LAYER = rawTar({
  name: "var/lib/dpkg/status.d/libc6",
  data: "Package: libc6\nVersion: 2.36-9\nArchitecture: amd64\n",
});

test("an image comes by an archive, is listed, looked into, signed, exported and removed", async () => {
  const { archive, digest } = dockerArchive({ layers: [LAYER] });
  const short = digest.slice("sha256:".length, "sha256:".length + 12);
  await writeFile(at("image.tar"), archive);
  const json = false;
  const taken = await said((output) =>
    importArchive(at("image.tar"), { store, digest, json }, output),
  );
  assert.deepEqual(taken.lines, [digest]);
  assert.match(taken.notes.join(), /no instruction that answers differently elsewhere/);

  const table = await said((output) => list({ store, json }, output));
  assert.match(table.lines.join(), new RegExp(`${short} +\\d.*kB +0 B .*imported`));
  const { values } = await said((output) => list({ store, json: true }, output));
  const [first] = (values[0] as { images: readonly Record<string, unknown>[] }).images;
  const bytes = LAYER.length;
  const { lastUsed: _, ...rest } = first ?? {};
  assert.deepEqual(rest, { digest, holders: ["imported"], bytes, sharedBytes: 0, layers: 1 });

  const document = await said((output) => sbom(short, { store }, output));
  assert.match(JSON.stringify(document.values), /pkg:deb\/debian\/libc6@2\.36-9\?arch=amd64/);
  const report = await said((output) => scan(short, { store, all: true, json: true }, output));
  assert.deepEqual(report.values, [{ found: [], unread: [], programs: 0 }]);

  const { privateKey } = generateKeyPairSync("ed25519");
  await writeFile(at("key.pem"), privateKey.export({ type: "pkcs8", format: "pem" }));
  const signed = await said((output) => sign(short, { store, key: at("key.pem") }, output));
  await writeFile(at("signatures"), signed.values.map((one) => JSON.stringify(one)).join("\n"));

  await said((output) => exportArchive(short, at("again.tar"), { store }, output));
  const gone = await said((output) => remove([short], { store, force: false, json }, output));
  assert.deepEqual(gone.lines, [`deleted ${digest}`, "1 images deleted, 0 B of layers reclaimed"]);

  const options = { store, json: true, signatures: at("signatures") };
  const again = await said((output) => importArchive(at("again.tar"), options, output));
  assert.deepEqual(again.values, [{ digest, platform: "linux/amd64", bytes, layers: 1 }]);
  const kept = await readFile(join(store, "signatures", `${digest.slice(7)}.jsonl`), "utf8");
  assert.equal(kept.split("\n").length, 2);
  const pruned = await said((output) => prune({ store, all: false, json: true }, output));
  assert.deepEqual(pruned.values, [{ removed: [], bytes: 0 }]);
});

test("what is refused exits with 1 and says why, and what is not there with 2", async () => {
  const { archive } = dockerArchive({ layers: [rawTar({ name: "../escape" })] });
  await writeFile(at("bad.tar"), archive);
  const json = false;
  const fails = async (run: (output: Output) => Promise<void>, code: number, message: RegExp) =>
    assert.rejects(said(run), (error) => {
      assert.ok(error instanceof CommandError, String(error));
      assert.equal(error.exitCode, code, error.message);
      assert.match(error.message, message);
      return true;
    });
  const refused = /the image is refused: "\.\.\/escape" leads out of the image/;
  await fails(
    (output) => importArchive(at("bad.tar"), { store, json }, output),
    EXIT.failed,
    refused,
  );
  const missing = at("missing.tar");
  await fails(
    (output) => importArchive(missing, { store, json }, output),
    EXIT.usage,
    /no such file/,
  );
  await fails(
    (output) => importArchive(folder, { store, json }, output),
    EXIT.usage,
    /is a folder: it takes an archive/,
  );
  const digest = "sha256:12";
  const options = { store, json, digest };
  await fails(
    (output) => importArchive(at("bad.tar"), options, output),
    EXIT.failed,
    /64 lower-case/,
  );
  for (const name of ["ffffff", "sha256", "12", "latest"]) {
    const unknown = new RegExp(`no image "${name}"; delchain images lists`);
    await fails((output) => scan(name, { store, all: false, json }, output), EXIT.failed, unknown);
  }
  await fails((output) => sign("ffffff", { store }, output), EXIT.usage, /--key FILE, or --sign/);
  const absent = "f".repeat(64);
  await assert.rejects(
    said((output) => sbom(absent, { store }, output)),
    /is not in the store/,
  );
});
