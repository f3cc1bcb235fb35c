import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { wasiImage } from "@delchain/images";
import { decodeEnvelope, InvalidInput, parseManifest } from "@delchain/runtime";
import { containerContract } from "./containerContract.ts";

const root = mkdtempSync(join(tmpdir(), "delchain-signers-"));
after(() => rmSync(root, { recursive: true }));

const contract = () =>
  containerContract({
    root,
    name: "MyToken",
    abi: [],
    image: wasiImage(Buffer.from("no module, and nobody runs it")),
    manifest: { resources: "small", isolation: "process", determinism: "standard" },
  });

const manifestOf = (code: Uint8Array) => parseManifest(decodeEnvelope(code).payload);

test("a manifest names the image, and the keys that the project file lists", async () => {
  const unsigned = await contract();
  const { name, image, signers } = manifestOf(unsigned.code);
  assert.deepEqual([name, image, signers], ["my-token", unsigned.image.digest, undefined]);

  const { publicKey } = generateKeyPairSync("ed25519");
  const pem = publicKey.export({ type: "spki", format: "pem" });
  writeFileSync(join(root, "delchain.json"), JSON.stringify({ signers: [pem] }));
  const signed = await contract();
  assert.deepEqual(manifestOf(signed.code).signers, [pem]);
  assert.deepEqual(signed.image, unsigned.image);

  writeFileSync(join(root, "delchain.json"), '{"signers": ["key"]}');
  await assert.rejects(
    contract(),
    (error) => error instanceof InvalidInput && /signers\.0 is "key"/.test(error.message),
  );
});
