import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from "node:crypto";
import { readFile } from "node:fs/promises";
import { InvalidInput } from "@delchain/runtime";
import { IMAGE_REPOSITORY } from "../store/archive.ts";
import { signaturesPath, writeAtomically } from "../store/layout.ts";
import { canonicalBytes } from "../writer/image.ts";
import { MAX_SIGNATURE_BYTES, MAX_SIGNATURES } from "./limits.ts";
import { refuse } from "./refusal.ts";

/** A signature as cosign prints it (`cosign download signature`): one JSON object a line, both fields in base 64. */
export type ImageSignature = {
  /** What was signed: simple signing's JSON, which names the image. */
  readonly Payload: string;
  /** Ed25519, or ECDSA P-256 over SHA-256 in DER. */
  readonly Base64Signature: string;
};

const TYPE = "cosign container image signature";

/** What simple signing signs of an image (github.com/sigstore/cosign, specs/SIGNATURE_SPEC.md). */
export function signedPayload(digest: string): Uint8Array {
  return canonicalBytes({
    critical: {
      identity: { "docker-reference": IMAGE_REPOSITORY },
      image: { "docker-manifest-digest": digest },
      type: TYPE,
    },
    optional: null,
  });
}

/** Signs an image. Throws `InvalidInput` for a key that is neither Ed25519 nor ECDSA P-256 in PEM. */
export function signImage(digest: string, privateKey: string): ImageSignature {
  const key = readKey(privateKey, createPrivateKey);
  const payload = signedPayload(digest);
  return {
    Payload: Buffer.from(payload).toString("base64"),
    Base64Signature: sign(hashOf(key), payload, key).toString("base64"),
  };
}

/**
 * Throws `InvalidInput` unless each of the keys has signed the image. The signed digest is the one that manifests name, of
 * the configuration; a registry's is another one.
 */
export function checkSignatures(
  digest: string,
  signatures: readonly ImageSignature[],
  signers: readonly string[],
): void {
  const payloads = signatures.filter(({ Payload }) => isPayloadOf(digest, Payload));
  for (const signer of signers) {
    const key = readKey(signer, createPublicKey);
    const hasSigned = payloads.some(({ Payload, Base64Signature }) =>
      verify(
        hashOf(key),
        Buffer.from(Payload, "base64"),
        key,
        Buffer.from(Base64Signature, "base64"),
      ),
    );
    if (hasSigned) continue;
    refuse(
      "signature",
      `its manifest wants a signature by ${fingerprint(key)}, and of the ${signatures.length} that this machine has of ${digest} none is; bring it: delchain images sign ${digest} --signatures FILE`,
    );
  }
}

/** Signatures that a store has of an image. */
export async function loadSignatures(
  store: string,
  digest: string,
): Promise<readonly ImageSignature[]> {
  const text = await readFile(signaturesPath(store, digest), "utf8").catch(() => "");
  return parseSignatures(text);
}

/** Adds signatures to those that a store has of an image. Throws `InvalidInput` for what is none, and for too many. */
export async function saveSignatures(
  store: string,
  digest: string,
  added: readonly ImageSignature[],
): Promise<void> {
  for (const { Payload } of added) {
    if (!isPayloadOf(digest, Payload))
      refuse(
        "signature",
        `a signature is not of ${digest}; its payload names another image, or is no simple signing`,
      );
  }
  const all = [...(await loadSignatures(store, digest)), ...added];
  const lines = new Set(
    all.map(({ Payload, Base64Signature }) => `${JSON.stringify({ Base64Signature, Payload })}\n`),
  );
  if (lines.size > MAX_SIGNATURES) {
    refuse(
      "signature",
      `${digest} would have ${lines.size} signatures; the limit is ${MAX_SIGNATURES}`,
    );
  }
  await writeAtomically(signaturesPath(store, digest), [Buffer.from([...lines].join(""))]);
}

/** Reads signatures, one JSON object a line. Throws `InvalidInput` that names the line. */
export function parseSignatures(text: string): readonly ImageSignature[] {
  return text.split("\n").flatMap((line, at) => {
    if (line.trim() === "") return [];
    const wrong = (why: string): never =>
      refuse("signature", `line ${at + 1} of the signatures ${why}`);
    if (line.length > MAX_SIGNATURE_BYTES)
      wrong(`has ${line.length} bytes; the limit is ${MAX_SIGNATURE_BYTES}`);
    const value = parsed(line) as Partial<ImageSignature> | undefined;
    if (typeof value?.Payload !== "string" || typeof value.Base64Signature !== "string") {
      return wrong('is no JSON object with "Payload" and "Base64Signature", as cosign prints it');
    }
    return [{ Payload: value.Payload, Base64Signature: value.Base64Signature }];
  });
}

function isPayloadOf(digest: string, payload: string): boolean {
  const value = parsed(Buffer.from(payload, "base64").toString()) as
    | { critical?: { image?: Record<string, unknown>; type?: unknown } }
    | undefined;
  const critical = value?.critical;
  return critical?.type === TYPE && critical.image?.["docker-manifest-digest"] === digest;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function readKey(pem: string, read: (pem: string) => KeyObject): KeyObject {
  let key: KeyObject;
  try {
    key = read(pem);
  } catch (error) {
    throw new InvalidInput(
      { code: "signingKey" },
      `a signing key is no PEM that can be read: ${(error as Error).message}`,
    );
  }
  const isP256 =
    key.asymmetricKeyType === "ec" && key.asymmetricKeyDetails?.namedCurve === "prime256v1";
  if (isP256 || key.asymmetricKeyType === "ed25519") return key;
  throw new InvalidInput(
    { code: "signingKey" },
    `a signing key is of type ${key.asymmetricKeyType}; make one of Ed25519 or ECDSA P-256: openssl genpkey -algorithm ed25519`,
  );
}

function hashOf({ asymmetricKeyType }: KeyObject): "sha256" | null {
  return asymmetricKeyType === "ec" ? "sha256" : null;
}

/** The end of the key's PEM, by which people tell keys apart. */
function fingerprint(key: KeyObject): string {
  const der = key.export({ type: "spki", format: "der" }).toString("base64");
  return `the key …${der.slice(-20)}`;
}
