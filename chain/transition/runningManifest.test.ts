import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type Address,
  encodeStoredCode,
  type Hash,
  keccak256,
  toAddress,
  toHash,
} from "@delchain/runtime";
import { IMPLEMENTATION_SLOT, runningManifest } from "./runningManifest.ts";
import { certifiedCall, certify } from "./testCertificate.ts";
import { CONTAINER, MANIFEST, sign, TestChain, testManifest } from "./testChain.ts";

const NEXT: Address = toAddress(`0x${"c2".repeat(20)}`);
const THIRD: Address = toAddress(`0x${"c3".repeat(20)}`);
const WASM: Address = toAddress(`0x${"77".repeat(20)}`);
const NEXT_MANIFEST = testManifest("second");
const THIRD_MANIFEST = testManifest("third");

function word(address: Address): Hash {
  return toHash(`0x${address.slice(2).padStart(64, "0")}`);
}

function install(chain: TestChain, address: Address, kind: 1 | 3, payload: Uint8Array): void {
  const payloadHash = chain.view.putCode(payload);
  chain.view.set(address, { nonce: 1n, code: encodeStoredCode({ kind, payloadHash }) });
}

function chainWithVersions(): TestChain {
  const chain = new TestChain();
  install(chain, NEXT, 3, NEXT_MANIFEST);
  install(chain, THIRD, 3, THIRD_MANIFEST);
  install(chain, WASM, 1, new Uint8Array(8));
  return chain;
}

/** As a certified call of the container writes it. */
function point(chain: TestChain, address: Address, value: Hash): void {
  const account = chain.view.account(address);
  assert(account);
  const { nonce, balance, codeHash } = account;
  const change = { address, exists: true, wiped: false, nonce, balance, codeHash };
  const slots = [{ slot: IMPLEMENTATION_SLOT, value }];
  chain.view.apply({ codes: [], accounts: [{ ...change, slots }] });
}

test("a container runs what it was deployed with until its program names another container", () => {
  const chain = chainWithVersions();
  const manifest = () => runningManifest(chain.view, CONTAINER, chain.spec);
  assert.equal(manifest(), keccak256(MANIFEST));
  point(chain, CONTAINER, word(NEXT));
  assert.equal(manifest(), keccak256(NEXT_MANIFEST));
  // What the other runs itself by now is its own matter: no chain to follow, and no circle.
  point(chain, NEXT, word(THIRD));
  assert.equal(manifest(), keccak256(NEXT_MANIFEST));
  point(chain, CONTAINER, word(CONTAINER));
  assert.equal(manifest(), keccak256(MANIFEST));
});

test("a slot that names no container counts for nothing", () => {
  const chain = chainWithVersions();
  for (const wrong of [WASM, toAddress(`0x${"00".repeat(19)}09`)]) {
    point(chain, CONTAINER, word(wrong));
    assert.equal(runningManifest(chain.view, CONTAINER, chain.spec), keccak256(MANIFEST));
  }
  assert.equal(runningManifest(chain.view, WASM, chain.spec), undefined);
});

test("calls ordered before a version changed are certified with the new one, and a certificate of the old is refused", async () => {
  const chain = chainWithVersions();
  const signed = await sign({ nonce: 0, to: CONTAINER, data: "0x01" });
  chain.run({ orders: [signed] });
  const calls = [certifiedCall(1n)];
  const old = certify(chain, 1n, { calls, slots: [] });
  point(chain, CONTAINER, word(NEXT));
  const refused = chain.execute({ certificates: [{ certificate: old, transactions: [signed] }] });
  assert.match(
    refused.refused[0]?.reason ?? "accepted",
    /the certificate's manifest is not the chain's/,
  );
  const certificate = certify(chain, 1n, { calls, slots: [] });
  assert.equal(certificate.manifestHash, keccak256(NEXT_MANIFEST));
  const accepted = chain.run({ certificates: [{ certificate, transactions: [signed] }] });
  assert.deepEqual([accepted.refused.length, accepted.receipts.length], [0, 1]);
});
