import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { chooseBls } from "../node/bls.ts";
import { nobleBls } from "./nobleBls.ts";

const native = chooseBls().bls;
const secret = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => {
  bytes[0] = (bytes[0] ?? 0) & 0x3f;
  bytes[31] = (bytes[31] ?? 0) | 1;
  return bytes;
});

test("this machine has the native implementation", () => {
  assert.equal(native.name, "@chainsafe/blst");
});

test("both implementations give the same keys, signatures and aggregates, and accept each other's", () => {
  fc.assert(
    fc.property(
      fc.array(secret, { minLength: 1, maxLength: 3 }),
      fc.uint8Array(),
      (secrets, message) => {
        const both = [native, nobleBls].map((bls) => {
          const signatures = secrets.map((one) => bls.sign(one, message));
          return {
            keys: secrets.map((one) => Buffer.from(bls.publicKey(one))),
            aggregate: Buffer.from(bls.aggregate(signatures)),
          };
        });
        assert.deepEqual(both[0], both[1]);
        const { keys, aggregate } = both[0] as (typeof both)[number];
        for (const bls of [native, nobleBls]) {
          assert.equal(bls.verifyAggregate(keys, message, aggregate), true);
          assert.equal(bls.verifyAggregate(keys.slice(1), message, aggregate), false);
          assert.equal(bls.verifyAggregate(keys, Uint8Array.of(...message, 1), aggregate), false);
        }
      },
    ),
    { numRuns: 10 },
  );
});

test("signatures over different messages verify as one, each under its own key and message", () => {
  const secrets = [1, 2, 3].map((fill) => new Uint8Array(32).fill(fill));
  const messages = [4, 5, 6].map((fill) => new Uint8Array(32).fill(fill));
  const keys = secrets.map((one) => native.publicKey(one));
  const signature = native.aggregate(
    secrets.map((one, i) => native.sign(one, messages[i] as Uint8Array)),
  );
  for (const bls of [native, nobleBls]) {
    assert.equal(bls.verifyDistinct(keys, messages, signature), true);
    assert.equal(bls.verifyDistinct(keys, messages.toReversed(), signature), false);
    assert.equal(bls.verifyDistinct(keys.slice(1), messages.slice(1), signature), false);
    assert.equal(bls.verifyDistinct(keys, messages.slice(1), signature), false);
    assert.equal(bls.verifyDistinct([], [], signature), false);
    assert.equal(bls.verifyDistinct(keys, messages, signature.subarray(1)), false);
  }
});

test("no signature verifies under no keys, under infinity, or from malformed bytes", () => {
  const message = Uint8Array.of(1);
  const key = nobleBls.publicKey(new Uint8Array(32).fill(1));
  const signature = nobleBls.sign(new Uint8Array(32).fill(1), message);
  const infinity = (length: number) => Uint8Array.of(0xc0, ...new Uint8Array(length - 1));
  const broken = signature.slice();
  broken[5] = (broken[5] as number) ^ 1;
  for (const bls of [native, nobleBls]) {
    assert.equal(bls.verifyAggregate([], message, signature), false);
    assert.equal(bls.verifyAggregate([infinity(48)], message, infinity(96)), false);
    assert.equal(bls.verifyAggregate([key], message, infinity(96)), false);
    assert.equal(bls.verifyAggregate([key], message, broken), false);
    assert.equal(bls.verifyAggregate([key], message, signature.subarray(1)), false);
    assert.equal(bls.verifyAggregate([key.subarray(1)], message, signature), false);
    assert.equal(bls.verifyAggregate([key], message, new Uint8Array(0)), false);
  }
});
