import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { test } from "node:test";
import type { Address } from "../types/address.ts";
import { InvalidInput } from "../types/errors.ts";
import { encodeManifest, type Manifest, parseManifest, resourcesOf } from "./manifest.ts";
import type { UpgradePolicy } from "./policy.ts";
import { RESOURCE_CLASSES } from "./resources.ts";

const MANIFEST: Manifest = {
  name: "token",
  image: `sha256:${"ab".repeat(32)}`,
  platform: "linux/amd64",
  entrypoint: ["/token"],
  resources: "small",
  payable: false,
  isolation: "fork",
  determinism: "standard",
  attestation: "identical",
};
const ADMIN = `0x${"aa".repeat(20)}` as Address;
const UPGRADE: UpgradePolicy = {
  admin: ADMIN,
  approvers: [],
  timelock: 0,
  keep: 1,
  migrateBack: false,
};
const P256 = `-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE${"A".repeat(28)}\n${"B".repeat(58)}==\n-----END PUBLIC KEY-----\n`;
const OWN = { ...RESOURCE_CLASSES.small, memoryBytes: 100 * 1024 * 1024 };
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

function message(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    assert.ok(error instanceof InvalidInput, String(error));
    return error.message;
  }
  return assert.fail("nothing was refused");
}

test("a manifest is written in RFC 8785's form and read back", () => {
  const encoded = encodeManifest({ ...MANIFEST, abi: [{ type: "function", name: "é" }] });
  assert.equal(
    new TextDecoder().decode(encoded),
    `{"abi":[{"name":"é","type":"function"}],"attestation":"identical","determinism":"standard","entrypoint":["/token"],"image":"sha256:${"ab".repeat(32)}","isolation":"fork","name":"token","payable":false,"platform":"linux/amd64","resources":"small"}`,
  );
  assert.deepEqual(parseManifest(encoded), {
    ...MANIFEST,
    abi: [{ type: "function", name: "é" }],
  });
});

test("keys that openssl and Node write are a manifest's signers, up to the limit", () => {
  const key = { publicKeyEncoding: { type: "spki", format: "pem" } } as const;
  const privateKeyEncoding = { type: "pkcs8", format: "pem" } as const;
  const make = { ...key, privateKeyEncoding };
  const ecdsa = generateKeyPairSync("ec", { namedCurve: "P-256", ...make }).publicKey;
  const others = Array.from({ length: 7 }, () => generateKeyPairSync("ed25519", make).publicKey);
  const signers = [ecdsa, ...others];
  assert.deepEqual(parseManifest(encodeManifest({ ...MANIFEST, signers })).signers, signers);
  const many = { ...MANIFEST, signers: [...signers, P256] };
  assert.match(
    message(() => encodeManifest(many)),
    /signers is .*; expected 1 to 8 different public keys$/,
  );
});

test("limits of a manifest's own take the smallest class that covers them", () => {
  assert.deepEqual(resourcesOf({ resources: OWN }), { resourceClass: "medium", resources: OWN });
  assert.deepEqual(resourcesOf(MANIFEST), {
    resourceClass: "small",
    resources: RESOURCE_CLASSES.small,
  });
  const large = { ...OWN, wallMs: RESOURCE_CLASSES.large.wallMs };
  assert.equal(resourcesOf({ resources: large }).resourceClass, "large");
});

const REFUSALS: readonly (readonly [Record<string, unknown>, string])[] = [
  [
    { name: "Token" },
    'name is "Token"; expected 1 to 64 of a-z, 0-9 and -, beginning with a letter',
  ],
  [
    { image: "php:8.4" },
    'image is "php:8.4"; expected sha256: and 64 lower-case hex digits; a tag may name another image tomorrow',
  ],
  [{ platform: "windows/amd64" }, 'platform is "windows/amd64"; expected linux/amd64 or wasi/wasm'],
  [{ entrypoint: [] }, "entrypoint is []; expected 1 to 16 arguments"],
  [{ entrypoint: Array(17).fill("a") }, "expected 1 to 16 arguments"],
  [
    { entrypoint: ["a\n"] },
    'entrypoint.0 is "a\\n"; expected 1 to 256 characters of printable ASCII',
  ],
  [{ entrypoint: ["a".repeat(257)] }, "expected 1 to 256 characters of printable ASCII"],
  [{ abi: {} }, "abi is {}; expected a list of at most 256 entries, nested at most 16 deep"],
  [{ abi: Array(257).fill(0) }, "expected a list of at most 256 entries"],
  [
    { resources: "huge" },
    'resources is "huge"; expected small, medium, large, or an object of limits',
  ],
  [
    { resources: { ...OWN, pids: 129 } },
    "resources.pids is 129; expected a whole number of 3 to 128",
  ],
  [
    { resources: { ...OWN, wallMs: 1.5 } },
    "resources.wallMs is 1.5; expected a whole number of 50 to 15000",
  ],
  [{ resources: { ...OWN, cpu: 3 } }, "resources.cpu is 3; expected a whole number of 1 to 2"],
  [
    { resources: { ...OWN, frameBytes: 16 * 1024 * 1024 + 1 } },
    "expected a whole number of 1048576 to 16777216",
  ],
  [
    { resources: { ...OWN, tmpBytes: undefined } },
    "resources.tmpBytes is missing; expected a whole number of 4096 to 67108864",
  ],
  [{ resources: { ...OWN, disk: 1 } }, '"resources.disk" is no field of a manifest'],
  [{ payable: 1 }, "payable is 1; expected true or false"],
  [
    { isolation: "process" },
    'isolation is "process"; expected fork or warm, on platform linux/amd64',
  ],
  [{ platform: "wasi/wasm" }, 'isolation is "fork"; expected process, on platform wasi/wasm'],
  [{ determinism: "none" }, 'determinism is "none"; expected standard or strict'],
  [{ attestation: "median" }, 'attestation is "median"; expected identical or strong'],
  [{ attestation: undefined }, "attestation is missing; expected identical or strong"],
  [{ probe: "0x0102" }, 'probe is "0x0102"; expected calldata, 0x and an even number'],
  [{ probe: `0x${"00".repeat(1_025)}` }, "hex digits: 4 to 1024 bytes"],
  [{ probe: "count()" }, 'probe is "count()"; expected calldata'],
  [{ signers: [] }, "signers is []; expected 1 to 8 different public keys"],
  [{ signers: "key" }, 'signers is "key"; expected 1 to 8 different public keys'],
  [{ signers: [P256, P256] }, "expected 1 to 8 different public keys"],
  [{ signers: [P256.trim()] }, "expected a public key of ECDSA P-256 or Ed25519 in PEM"],
  [{ signers: [P256.replaceAll("\n", "\r\n")] }, "expected a public key of ECDSA P-256"],
  [{ signers: [P256.replace("DAQcDQg", "DAQcDQh")] }, "expected a public key of ECDSA P-256"],
  [{ signers: [7] }, "signers.0 is 7; expected a public key of ECDSA P-256 or Ed25519"],
  [{ hosting: { replicas: 3, priceCap: 7 } }, "hosting.priceCap is 7; expected wei in quotes"],
  [{ hosting: { replicas: 3, deposit: "07" } }, 'hosting.deposit is "07"; expected wei in quotes'],
  [
    { hosting: { replicas: 3, deposit: String(2n ** 128n) } },
    "expected wei in quotes, a whole number below 2^128 without leading zeros",
  ],
  [{ replicas: 3 }, '"replicas" is no field of a manifest'],
  [{ image: "sha256:AB" }, "sha256: and 64 lower-case hex digits"],
  [
    { resources: { ...OWN, memoryBytes: 0 } },
    "resources.memoryBytes is 0; expected a whole number",
  ],
  [{ resources: { ...OWN, cpu: 0 } }, "resources.cpu is 0; expected a whole number of 1 to 2"],
  [
    { resources: { ...OWN, memoryBytes: 2 ** 40 } },
    "resources.memoryBytes is 1099511627776; expected a whole number",
  ],
  [{ upgrade: true }, "upgrade is true; expected an object with admin, approvers, timelock"],
  [
    { upgrade: { ...UPGRADE, admin: undefined } },
    "upgrade.admin is missing; expected 0x and 40 lower-case hex digits",
  ],
  [
    { upgrade: { ...UPGRADE, admin: `0x${"AA".repeat(20)}` } },
    "expected 0x and 40 lower-case hex digits, not all zero",
  ],
  [
    { upgrade: { ...UPGRADE, admin: `0x${"00".repeat(20)}` } },
    "expected 0x and 40 lower-case hex digits, not all zero",
  ],
  [
    { upgrade: { ...UPGRADE, approvers: [ADMIN, ADMIN] } },
    "expected a list of at most 16 different addresses",
  ],
  [
    { upgrade: { ...UPGRADE, approvers: Array.from({ length: 17 }, (_, i) => numbered(i)) } },
    "expected a list of at most 16 different addresses",
  ],
  [
    { upgrade: { ...UPGRADE, approvers: ["0x01"] } },
    'upgrade.approvers.0 is "0x01"; expected 0x and 40 lower-case hex digits',
  ],
  [
    { upgrade: { ...UPGRADE, timelock: 1_555_201 } },
    "upgrade.timelock is 1555201; expected blocks, a whole number of 0 to 1555200",
  ],
  [{ upgrade: { ...UPGRADE, timelock: -1 } }, "upgrade.timelock is -1; expected blocks"],
  [{ upgrade: { ...UPGRADE, keep: 2 } }, "upgrade.keep is 2; expected 0 or 1"],
  [
    { upgrade: { ...UPGRADE, migrateBack: "no" } },
    'upgrade.migrateBack is "no"; expected true or false',
  ],
  [{ upgrade: { ...UPGRADE, owner: ADMIN } }, '"upgrade.owner" is no field of a manifest'],
  [{ hosting: {} }, "hosting.replicas is missing; expected a whole number of 1 to 61"],
  [{ hosting: { replicas: 0 } }, "hosting.replicas is 0; expected a whole number of 1 to 61"],
  [{ hosting: { replicas: 62 } }, "hosting.replicas is 62; expected a whole number of 1 to 61"],
  [{ hosting: { replicas: 1, region: "eu" } }, '"hosting.region" is no field of a manifest'],
];

function numbered(i: number): string {
  return `0x${i.toString(16).padStart(2, "0").repeat(20)}`;
}

test("a manifest may say who decides about versions, and how many hosts stand ready", () => {
  const manifest: Manifest = {
    ...MANIFEST,
    upgrade: {
      ...UPGRADE,
      approvers: Array.from({ length: 16 }, (_, i) => numbered(i + 1) as Address),
    },
    hosting: { replicas: 61 },
  };
  assert.deepEqual(parseManifest(encodeManifest(manifest)), manifest);
});

for (const [change, expected] of REFUSALS) {
  test(`a manifest is refused when it says: ${expected.slice(0, 70)}`, () => {
    const refusal = message(() => encodeManifest({ ...MANIFEST, ...change } as Manifest));
    assert.ok(refusal.startsWith("manifest: ") && refusal.includes(expected), refusal);
  });
}

test("what is no JSON, too deep, too long or not canonical is refused as such", () => {
  const deep = `${"[".repeat(8_000)}${"]".repeat(8_000)}`;
  assert.match(
    message(() => parseManifest(bytes("{"))),
    /no JSON in UTF-8/,
  );
  assert.match(
    message(() => parseManifest(Uint8Array.of(0x22, 0xff, 0x22))),
    /no JSON in UTF-8/,
  );
  assert.match(
    message(() => parseManifest(bytes(deep))),
    /nested at most 16 deep/,
  );
  assert.match(
    message(() => parseManifest(new Uint8Array(16 * 1024 + 1))),
    /16385 bytes; the limit is 16384/,
  );
  const spaced = bytes(JSON.stringify(MANIFEST, undefined, 1));
  assert.match(
    message(() => parseManifest(spaced)),
    /not canonical JSON \(RFC 8785\): at byte 1/,
  );
  const twice = bytes(
    new TextDecoder().decode(encodeManifest(MANIFEST)).replace("{", '{"abi":[],'),
  );
  const repeated = bytes(new TextDecoder().decode(twice).replace("{", '{"abi":[],'));
  assert.deepEqual(parseManifest(twice).abi, []);
  assert.match(
    message(() => parseManifest(repeated)),
    /not canonical/,
  );
});
