import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { bigintToBytes, hashToBytes, keccak256, toHex } from "@delchain/runtime";
import fc from "fast-check";
import { extensions } from "./arbitraries.ts";
import { EMPTY_CERTIFICATES_ROOT, extensionRoot } from "./extension.ts";

function sha256(left: Uint8Array, right: Uint8Array): Uint8Array {
  return Uint8Array.from(createHash("sha256").update(left).update(right).digest());
}

function littleEndian(value: bigint): Uint8Array {
  return bigintToBytes(value, 32).reverse();
}

test("the root is the SSZ tree of the four fields, which a contract can follow with sha256", () => {
  fc.assert(
    fc.property(extensions, (extension) => {
      const { ordersRoot, certificatesRoot, containerGasOrdered, containerBaseFee } = extension;
      const root = extensionRoot(extension);
      const expected = sha256(
        sha256(hashToBytes(ordersRoot), hashToBytes(certificatesRoot)),
        sha256(littleEndian(containerGasOrdered), littleEndian(containerBaseFee)),
      );
      assert.equal(toHex(root), toHex(expected));
    }),
  );
});

test("no certificates have the hash of an empty list", () => {
  assert.equal(EMPTY_CERTIFICATES_ROOT, keccak256(Uint8Array.of(0xc0)));
});
