import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { generateKeyPairSync, sign } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { InvalidInput, Unavailable } from "@delchain/runtime";
import { openImageStore } from "../store/imageStore.ts";
import { MAX_SIGNATURE_BYTES, MAX_SIGNATURES } from "./limits.ts";
import {
  checkSignatures,
  parseSignatures,
  saveSignatures,
  signedPayload,
  signImage,
} from "./signatures.ts";

const DIGEST = `sha256:${"ab".repeat(32)}` as const;
const OTHER = `sha256:${"cd".repeat(32)}` as const;
const PEM = {
  publicKeyEncoding: { type: "spki", format: "pem" },
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
} as const;

const ed25519 = () => generateKeyPairSync("ed25519", PEM);
const ecdsa = (namedCurve = "P-256") => generateKeyPairSync("ec", { namedCurve, ...PEM });

function refused(message: RegExp): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof InvalidInput, String(error));
    assert.match(error.message, message);
    return true;
  };
}

test("what is signed is simple signing's payload, as cosign writes it", () => {
  assert.equal(
    Buffer.from(signedPayload(DIGEST)).toString(),
    `{"critical":{"identity":{"docker-reference":"delchain.local/image"},"image":{"docker-manifest-digest":"${DIGEST}"},"type":"cosign container image signature"},"optional":null}`,
  );
});

test("every key that a manifest lists must have signed the image", () => {
  const [one, two] = [ed25519(), ecdsa()];
  const signatures = [signImage(DIGEST, one.privateKey), signImage(DIGEST, two.privateKey)];
  checkSignatures(DIGEST, signatures, []);
  checkSignatures(DIGEST, signatures, [two.publicKey, one.publicKey]);
  const third = ed25519().publicKey;
  assert.throws(
    () => checkSignatures(DIGEST, signatures, [one.publicKey, third]),
    refused(/wants a signature by the key .*of the 2 .*delchain images sign/),
  );
  assert.throws(() => checkSignatures(DIGEST, [], [one.publicKey]), refused(/of the 0/));
});

test("a signature of another image, another payload or with a bit changed counts for nothing", () => {
  const { publicKey, privateKey } = ed25519();
  const { Payload, Base64Signature } = signImage(OTHER, privateKey);
  const good = signImage(DIGEST, privateKey);
  const changed = Buffer.from(good.Base64Signature, "base64");
  changed[5] = (changed[5] ?? 0) ^ 1;
  const text = Buffer.from(
    `{"critical":{"type":"atomic container signature","image":{"docker-manifest-digest":"${DIGEST}"}}}`,
  );
  for (const wrong of [
    { Payload, Base64Signature },
    { Payload: good.Payload, Base64Signature },
    { Payload: good.Payload, Base64Signature: changed.toString("base64") },
    { Payload: good.Payload, Base64Signature: "" },
    { Payload: "!", Base64Signature: good.Base64Signature },
    {
      Payload: text.toString("base64"),
      Base64Signature: sign(null, text, privateKey).toString("base64"),
    },
  ]) {
    assert.throws(
      () => checkSignatures(DIGEST, [wrong], [publicKey]),
      refused(/wants a signature/),
    );
  }
  checkSignatures(DIGEST, [good], [publicKey]);
});

test("keys of other kinds are refused with how to make one", () => {
  const rsa = generateKeyPairSync("rsa", { modulusLength: 2048, ...PEM });
  assert.throws(
    () => signImage(DIGEST, rsa.privateKey),
    refused(/of type rsa; make one of Ed25519 or ECDSA P-256: openssl/),
  );
  assert.throws(() => signImage(DIGEST, ecdsa("P-384").privateKey), refused(/of type ec/));
  assert.throws(() => signImage(DIGEST, "no key"), refused(/no PEM/));
});

test("a signature that openssl makes of the payload is one", async () => {
  const folder = await mkdtemp(join(tmpdir(), "delchain-sign-"));
  try {
    const { publicKey, privateKey } = ecdsa();
    await writeFile(join(folder, "key.pem"), privateKey);
    await writeFile(join(folder, "payload"), signedPayload(DIGEST));
    const made = execFileSync("openssl", ["dgst", "-sha256", "-sign", "key.pem", "payload"], {
      cwd: folder,
    });
    const Payload = Buffer.from(signedPayload(DIGEST)).toString("base64");
    checkSignatures(DIGEST, [{ Payload, Base64Signature: made.toString("base64") }], [publicKey]);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("a store keeps signatures once each, up to the limit, and hosts ask for them before every start", async () => {
  const store = await mkdtemp(join(tmpdir(), "delchain-sign-"));
  try {
    const images = openImageStore(store);
    const { publicKey, privateKey } = ed25519();
    await images.admit(DIGEST, []);
    await assert.rejects(
      images.admit(DIGEST, [publicKey]),
      (error) => error instanceof Unavailable && /wants a signature/.test(error.message),
    );
    const signature = signImage(DIGEST, privateKey);
    await saveSignatures(store, DIGEST, [signature]);
    await saveSignatures(store, DIGEST, [signature]);
    await images.admit(DIGEST, [publicKey]);
    await assert.rejects(images.admit(OTHER, [publicKey]), Unavailable);
    await assert.rejects(saveSignatures(store, OTHER, [signature]), refused(/is not of sha256:cd/));
    const more = Array.from({ length: MAX_SIGNATURES }, () =>
      signImage(DIGEST, ed25519().privateKey),
    );
    await saveSignatures(store, DIGEST, more.slice(1));
    await assert.rejects(
      saveSignatures(store, DIGEST, more),
      refused(new RegExp(`the limit is ${MAX_SIGNATURES}`)),
    );
  } finally {
    await rm(store, { recursive: true });
  }
});

test("signatures are read as cosign prints them, and what is none is named by its line", () => {
  const signature = signImage(DIGEST, ed25519().privateKey);
  const printed = JSON.stringify({ ...signature, Cert: null, Chain: null, Bundle: null });
  assert.deepEqual(parseSignatures(`${printed}\n\n`), [signature]);
  assert.throws(
    () => parseSignatures(`${printed}\n{}`),
    refused(/line 2 .*"Payload" and "Base64Signature"/),
  );
  assert.throws(() => parseSignatures("no"), refused(/line 1/));
  assert.throws(
    () => parseSignatures("x".repeat(MAX_SIGNATURE_BYTES + 1)),
    refused(/16385 bytes; the limit is 16384/),
  );
});
