import assert from "node:assert/strict";
import { test } from "node:test";
import { InvalidInput } from "../types/errors.ts";
import { encodeManifest, type Manifest, parseManifest, resourcesOf } from "./manifest.ts";
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
  [{ determinism: "none" }, 'determinism is "none"; expected standard'],
  [{ attestation: "median" }, 'attestation is "median"; expected identical'],
  [{ attestation: undefined }, "attestation is missing; expected identical"],
  [{ replicas: 3 }, '"replicas" is no field of a manifest'],
];

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
