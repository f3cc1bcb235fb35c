import assert from "node:assert/strict";
import { test } from "node:test";
import { keccak256, toHex } from "@delchain/runtime";
import { proveHostKey } from "../attest/hostKey.ts";
import { DEVNET, devnetHostSecret } from "../spec/devnet.ts";
import { SystemCaller } from "../system/testSystem.ts";
import { judgesOf } from "./judges.ts";
import { certifiedCall, certify } from "./testCertificate.ts";
import { ALICE, CONTAINER, MANIFEST, sign, TestChain, testManifest } from "./testChain.ts";

/** A chain at block 10, on which a third host has registered for the small class, or has not. */
function chainWith({ third }: { readonly third: boolean }): TestChain {
  const chain = new TestChain();
  if (third) {
    const { uncompressed, proof } = proveHostKey(devnetHostSecret(2), ALICE, DEVNET.chainId);
    const args = [toHex(uncompressed), toHex(proof), ALICE, 1];
    const value = DEVNET.hostRules.stakeUnit;
    new SystemCaller(chain).send("Hosts", "register", args, { from: ALICE, value });
  }
  chain.number = 10n;
  return chain;
}

test("who has registered judges contracts of its class from its block on, and no others", () => {
  const { view } = chainWith({ third: true });
  const large = view.putCode(testManifest("heavy", { resources: "large" }));
  const count = (manifest: typeof large, number: bigint) =>
    judgesOf(view, manifest, number, DEVNET).hosts.length;
  const from = 1n + DEVNET.hostRules.joinBlocks;
  const small = keccak256(MANIFEST);
  assert.deepEqual([count(small, from - 1n), count(small, from), count(large, from)], [2, 3, 2]);
});

test("a certificate without the new host is refused where all must agree", async () => {
  const [before, after] = [chainWith({ third: false }), chainWith({ third: true })];
  const signed = await sign({ nonce: 0, to: CONTAINER, data: "0x01" });
  for (const chain of [before, after]) chain.run({ orders: [signed] });
  const certificate = certify(before, 11n, { calls: [certifiedCall(1n)], slots: [] });
  const content = { certificates: [{ certificate, transactions: [signed] }] };
  assert.deepEqual(before.execute(content).refused, []);
  assert.match(
    after.execute(content).refused[0]?.reason ?? "",
    /2 of 3 members signed; 3 are needed/,
  );
});
