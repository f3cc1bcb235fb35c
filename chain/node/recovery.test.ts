import assert from "node:assert/strict";
import { test } from "node:test";
import { toHex } from "@delchain/runtime";
import fc from "fast-check";
import { CURVE_ORDER, S_MAX } from "../tx/signature.ts";
import { nobleRecovery, type Recovery, signatureBytes } from "../tx/signer.ts";
import { chooseRecovery, RECOVERY_LOADERS } from "./recovery.ts";

const FIELD_PRIME = 2n ** 256n - 2n ** 32n - 977n;

async function others(): Promise<readonly Recovery[]> {
  return await Promise.all(RECOVERY_LOADERS.slice(0, -1).map(({ load }) => load()));
}

function recovered(
  recovery: Recovery,
  hash: Uint8Array,
  signature: Uint8Array,
  yParity: 0 | 1,
): string {
  const publicKey = recovery.recover(hash, signature, yParity);
  return publicKey === undefined ? "nobody" : toHex(publicKey);
}

test("the native and the WebAssembly way recover what noble recovers, valid or not", async () => {
  const backends = await others();
  const scalar = fc.bigInt({ min: 1n, max: CURVE_ORDER - 1n });
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 32, maxLength: 32 }),
      fc.oneof(scalar, fc.bigInt({ min: 1n, max: 20n })),
      fc.oneof(fc.bigInt({ min: 1n, max: S_MAX }), fc.constantFrom(1n, S_MAX)),
      fc.constantFrom(0 as const, 1 as const),
      (hash, r, s, yParity) => {
        const signature = signatureBytes({ yParity, r, s });
        const expected = recovered(nobleRecovery, hash, signature, yParity);
        for (const backend of backends) {
          assert.equal(recovered(backend, hash, signature, yParity), expected, backend.name);
        }
      },
    ),
    { numRuns: 300 },
  );
});

test("all ways agree at the edges: r at the order's ends, r beyond the field's overlap, hash zero and all ones", async () => {
  const backends = await others();
  // r below p - n could also stand for the point with x = r + n; yParity 0 and 1 never mean that one.
  const edges = [1n, 2n, CURVE_ORDER - 1n, CURVE_ORDER - 2n, FIELD_PRIME - CURVE_ORDER - 1n];
  for (const fill of [0x00, 0xff]) {
    const hash = new Uint8Array(32).fill(fill);
    for (const r of edges) {
      for (const yParity of [0, 1] as const) {
        const signature = signatureBytes({ yParity, r, s: 1n });
        const expected = recovered(nobleRecovery, hash, signature, yParity);
        for (const backend of backends) {
          assert.equal(
            recovered(backend, hash, signature, yParity),
            expected,
            `${backend.name} ${r}`,
          );
        }
      }
    }
  }
});

test("the fastest way that works is chosen, and the log can say what was passed over and why", async () => {
  const wrong: Recovery = { name: "wrong", recover: () => new Uint8Array(64) };
  const gullible: Recovery = {
    name: "gullible",
    recover: (...question) => nobleRecovery.recover(...question) ?? new Uint8Array(64),
  };
  const missing = () => Promise.reject(new Error("not installed"));
  const chosen = await chooseRecovery([
    { name: "missing", load: missing },
    { name: "wrong", load: () => Promise.resolve(wrong) },
    { name: "gullible", load: () => Promise.resolve(gullible) },
    { name: "noble", load: () => Promise.resolve(nobleRecovery) },
  ]);
  assert.deepEqual(chosen, {
    recovery: nobleRecovery,
    passedOver: [
      { name: "missing", reason: "not installed" },
      { name: "wrong", reason: "gives wrong answers to known signatures" },
      { name: "gullible", reason: "gives wrong answers to known signatures" },
    ],
  });
  await assert.rejects(
    chooseRecovery([{ name: "missing", load: missing }]),
    /missing: not installed/,
  );
});
