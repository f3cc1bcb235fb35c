import assert from "node:assert/strict";
import { test } from "node:test";
import { type Address, encodeStoredCode, toHex } from "@delchain/runtime";
import type { Batch, Certificate, CertifiedCall } from "../attest/certificate.ts";
import { nobleBls } from "../attest/nobleBls.ts";
import { DEVNET, devnetHostSecret } from "../spec/devnet.ts";
import type { ChainSpec } from "../spec/spec.ts";
import { hostId } from "../system/hostRegistry.ts";
import { SystemCaller } from "../system/testSystem.ts";
import type { SignedTransaction } from "../tx/transaction.ts";
import { readFixed } from "./queue.ts";
import { agreedBy, batchOf, certifiedCall, committedBy, committeeAt } from "./testCertificate.ts";
import { CONTAINER, GWEI, sign, TestChain, testManifest } from "./testChain.ts";

// Four hosts, of whom three certify what not all agree on.
const SPEC: ChainSpec = {
  ...DEVNET,
  hosts: [0, 1, 2, 3].map((i) => ({
    publicKey: toHex(nobleBls.publicKey(devnetHostSecret(i))),
    payout: `0x${(0xb0 + i).toString(16).repeat(20)}`,
  })),
};

type Found = { readonly calls: readonly CertifiedCall[]; readonly slots: [] };

function found(count: number): Found {
  const calls = Array.from({ length: count }, (_, i) => certifiedCall(BigInt(i + 1)));
  return { calls, slots: [] };
}

/** A chain with so many calls ordered in its first block. */
async function ordered(count: number): Promise<{ chain: TestChain; calls: SignedTransaction[] }> {
  const chain = new TestChain(SPEC);
  const calls: SignedTransaction[] = [];
  for (let nonce = 0; nonce < count; nonce++) {
    calls.push(await sign({ nonce, to: CONTAINER, data: "0x01" }));
  }
  chain.run({ orders: calls });
  return { chain, calls };
}

function reasonOf(
  chain: TestChain,
  certificate: Certificate,
  transactions: readonly SignedTransaction[] = [],
) {
  return chain.execute({ certificates: [{ certificate, transactions }] }).refused[0]?.reason;
}

function strong(chain: TestChain, batch: Batch) {
  return committeeAt(chain, batch, "strong");
}

test("three of four are believed once a block has fixed what they had committed to, and they alone are paid", async () => {
  const { chain, calls } = await ordered(1);
  const batch = batchOf(chain, 1n, found(1));
  const committee = strong(chain, batch);
  const agreed = agreedBy(chain, batch, committee, found(1), [0, 1, 3]);
  const committed = committedBy(chain, batch, committee, found(1));
  assert.match(reasonOf(chain, agreed, calls) ?? "accepted", /no block before this one fixed/);
  const fixed = chain.run({ certificates: [{ certificate: committed, transactions: [] }] });
  assert.deepEqual([fixed.refused, fixed.receipts], [[], []]);
  assert.equal(readFixed(chain.view, SPEC.queueAddress, CONTAINER, "strong")?.number, 2n);
  const executed = chain.run({ certificates: [{ certificate: agreed, transactions: calls }] });
  assert.deepEqual(executed.refused, []);
  const paid = committee.members.map(({ payout }) => chain.balance(payout as Address));
  const fee = 200_000n * 2n * GWEI;
  const share = fee / 3n;
  assert.deepEqual(paid, [fee - 2n * share, share, 0n, share]);
  assert.equal(readFixed(chain.view, SPEC.queueAddress, CONTAINER, "strong"), undefined);
  const misses = committee.members.map(({ publicKey }) => {
    const record = new SystemCaller(chain).read("Hosts", "hosts", [hostId(publicKey)]);
    return (record as readonly unknown[]).at(-1);
  });
  assert.deepEqual(misses, [0, 0, 1, 0]);
});

test("a list is fixed once, or anew for fewer calls; what needs no block and what is not next is refused", async () => {
  const { chain } = await ordered(2);
  const both = batchOf(chain, 1n, found(2));
  const committed = committedBy(chain, both, strong(chain, both), found(2));
  const fast = committeeAt(chain, both, "fast");
  assert.match(
    reasonOf(chain, committedBy(chain, both, fast, found(2))) ?? "accepted",
    /all 4 members of level fast must agree/,
  );
  assert.match(reasonOf(chain, { ...committed, firstIndex: 2n }) ?? "accepted", /begins at call 2/);
  assert.match(reasonOf(chain, { ...committed, lastIndex: 1n }) ?? "accepted", /signature/);
  chain.run({ certificates: [{ certificate: committed, transactions: [] }] });
  assert.match(reasonOf(chain, committed) ?? "accepted", /block 2 fixed the commitments/);
  const first = batchOf(chain, 1n, found(1));
  const fewer = committedBy(chain, first, strong(chain, first), found(1));
  assert.equal(reasonOf(chain, fewer), undefined);
  const twice = chain.execute({
    certificates: [fewer, committed].map((certificate) => ({ certificate, transactions: [] })),
  });
  assert.match(twice.refused.at(-1)?.reason ?? "accepted", /certificate in this block already/);
});

test("a block fixes so many lists and no more: the rest wait for the next", async () => {
  const { chain } = await ordered(1);
  const batch = batchOf(chain, 1n, found(1));
  const certificate = committedBy(chain, batch, strong(chain, batch), found(1));
  const none = new TestChain({ ...SPEC, commitmentsMax: 0 });
  none.run({ orders: [await sign({ nonce: 0, to: CONTAINER, data: "0x01" })] });
  const [refused] = none.execute({ certificates: [{ certificate, transactions: [] }] }).refused;
  assert.match(refused?.reason ?? "accepted", /at most 0 lists of commitments/);
  assert.equal(refused?.isTemporary, true);
});

test("a contract whose manifest asks for it begins with the wide committee, and a small one's word is not enough", async () => {
  const chain = new TestChain(SPEC);
  const payloadHash = chain.view.putCode(testManifest("value", { attestation: "strong" }));
  chain.view.set(CONTAINER, { nonce: 1n, code: encodeStoredCode({ kind: 3, payloadHash }) });
  const call = await sign({ nonce: 0, to: CONTAINER, data: "0x01" });
  chain.run({ orders: [call] });
  const batch = batchOf(chain, 1n, found(1));
  assert.equal(committeeAt(chain, batch, "fast"), undefined);
  const fast = { ...strong(chain, batch), level: "fast", quorum: 4 } as const;
  assert.match(
    reasonOf(chain, agreedBy(chain, batch, fast, found(1)), [call]) ?? "accepted",
    /no committee at level fast/,
  );
  const certificate = committedBy(chain, batch, strong(chain, batch), found(1));
  assert.equal(reasonOf(chain, certificate), undefined);
});
