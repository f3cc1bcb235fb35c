import assert from "node:assert/strict";
import { after, test } from "node:test";
import {
  concatBytes,
  EMPTY_BYTES,
  fromHex,
  keccak256,
  toAddress,
  toHash,
  toHex,
} from "@delchain/runtime";
import { type Abi, encodeFunctionData } from "viem";
import { encodeReceipt } from "../../block/receiptCodec.ts";
import { challengeInput, hashJudged, type JudgedBatch } from "../../system/challengeRegistry.ts";
import contracts from "../../system/contracts.json" with { type: "json" };
import {
  CONTAINER,
  CONTAINER_CODE,
  MANIFEST,
  ONE,
  PAYLOAD_HASH,
  SENDER,
  STORE,
  startContracts,
  word,
} from "../testSupport/contracts.ts";
import { PRODUCER } from "../testSupport/memoryBackend.ts";

const rpc = await startContracts();
after(() => rpc.server.close());
const { send } = rpc;
const FROM = toAddress(SENDER.address);

test("a container call shows as pending until its result is certified, and then as any transaction", async () => {
  const before = await rpc.result("eth_getTransactionCount", FROM, "latest");
  const hash = await send({ to: CONTAINER, data: "0x01" });
  const orderedIn = `0x${rpc.backend.head().header.number.toString(16)}`;
  const pending = (await rpc.result("eth_getTransactionByHash", hash)) as Record<string, unknown>;
  assert.deepEqual([pending.blockHash, pending.transactionIndex], [null, null]);
  assert.equal(await rpc.result("eth_getTransactionReceipt", hash), null);
  assert.equal(await rpc.result("eth_getTransactionCount", FROM, "latest"), before);
  assert.equal(
    Number(await rpc.result("eth_getTransactionCount", FROM, "pending")),
    Number(before) + 1,
  );
  const ordered = (await rpc.result("del_getCall", hash)) as Record<string, unknown>;
  assert.deepEqual(ordered, {
    transactionHash: hash,
    from: FROM,
    contract: CONTAINER,
    tier: "container",
    status: "ordered",
    orderedIn,
    resultIn: null,
    callId: ordered.callId,
    queueIndex: "0x0",
    resultHash: null,
    gasUsed: null,
    effectiveGasPrice: null,
    median: null,
  });
  const resultsHash = toHash(word(77));
  const listed = rpc.backend.certify(hash, "revert", resultsHash);
  assert.deepEqual(await rpc.result("del_getCall", hash), {
    ...ordered,
    status: "revert",
    resultIn: `0x${listed.block.header.number.toString(16)}`,
    resultHash: resultsHash,
    gasUsed: "0x1e078",
    effectiveGasPrice: "0x7",
  });
  const receipt = (await rpc.result("eth_getTransactionReceipt", hash)) as Record<string, unknown>;
  assert.deepEqual(
    [receipt.status, receipt.gasUsed, receipt.effectiveGasPrice],
    ["0x0", "0x1e078", "0x7"],
  );
  const transaction = (await rpc.result("eth_getTransactionByHash", hash)) as Record<
    string,
    unknown
  >;
  assert.deepEqual([transaction.blockHash, transaction.gasPrice], [listed.hash, "0x7"]);
});

test("del_getCall knows synchronous transactions by the hash of their receipt, and plain transfers", async () => {
  const hash = await send({ to: STORE, data: word(3) });
  const call = (await rpc.result("del_getCall", hash)) as Record<string, unknown>;
  const block = rpc.backend.head().header.number;
  const known = await rpc.backend.blockByNumber(block);
  const receipt = known?.receipts[0];
  assert(receipt);
  assert.deepEqual(
    [call.status, call.tier, call.orderedIn, call.resultIn, call.resultHash, call.callId],
    [
      "success",
      "evm",
      `0x${block.toString(16)}`,
      `0x${block.toString(16)}`,
      keccak256(encodeReceipt(receipt)),
      null,
    ],
  );
  const plain = (await rpc.result("del_getCall", await send({ to: PRODUCER }))) as Record<
    string,
    unknown
  >;
  assert.deepEqual([plain.tier, plain.status], [null, "success"]);
  rpc.backend.autoMine = false;
  const waiting = (await rpc.result("del_getCall", await send({ to: STORE }))) as Record<
    string,
    unknown
  >;
  assert.deepEqual([waiting.status, waiting.orderedIn], ["pending", null]);
  assert.deepEqual(await rpc.result("txpool_status"), { pending: "0x1", queued: "0x0" });
  rpc.backend.autoMine = true;
  rpc.backend.mine();
  assert.equal(await rpc.result("del_getCall", word(1)), null);
});

test("del_getContract tells tier, payload and queue; del_getCode gives the payload", async () => {
  const contract = await rpc.result("del_getContract", CONTAINER);
  assert.deepEqual(contract, {
    address: CONTAINER,
    tier: "container",
    kind: 3,
    codeHash: keccak256(CONTAINER_CODE),
    payloadHash: PAYLOAD_HASH,
    payloadSize: `0x${MANIFEST.length.toString(16)}`,
    manifest: JSON.parse(MANIFEST),
    driver: "docker",
    queueLength: "0x0",
    nextIndex: "0x1",
  });
  const evm = (await rpc.result("del_getContract", STORE)) as Record<string, unknown>;
  assert.deepEqual(
    [evm.tier, evm.kind, evm.payloadHash, "manifest" in evm],
    ["evm", null, null, false],
  );
  assert.equal(await rpc.result("del_getContract", PRODUCER), null);
  assert.equal(
    await rpc.result("del_getCode", CONTAINER),
    `0x${Buffer.from(MANIFEST).toString("hex")}`,
  );
  assert.equal(await rpc.result("eth_getCode", CONTAINER), toHex(CONTAINER_CODE));
  assert.equal(await rpc.result("del_getCode", PRODUCER), "0x");
});

test("del_getAttestations tells who signed what, and where members differed", async () => {
  const hash = toHash(word(5));
  assert.equal(await rpc.result("del_getAttestations", hash), null);
  const attestation = {
    member: 1,
    diffHash: ONE,
    resultsHash: ONE,
    gasUsed: 9n,
    number: ONE,
    signature: Uint8Array.of(1),
  };
  const batch = { contract: CONTAINER, firstIndex: 1n, lastIndex: 2n, orderingHash: ONE };
  const difference = { queueIndex: 2n, where: "output byte 3", left: "0x01", right: "0x02" };
  rpc.backend.reports.set(hash, {
    ...batch,
    orderedIn: 4n,
    attested: "weak",
    committee: [{ member: 1, publicKey: Uint8Array.of(2) }],
    attestations: [attestation],
    certificate: {
      block: 6n,
      certificate: {
        kind: "diverged",
        level: "fast",
        ...batch,
        orderingNumber: 4n,
        manifestHash: ONE,
        preRoot: ONE,
        attestations: [{ ...attestation, commitments: ONE }],
        difference,
      },
    },
  });
  const shown = { ...attestation, gasUsed: "0x9", signature: "0x01" };
  assert.deepEqual(await rpc.result("del_getAttestations", hash), {
    contract: CONTAINER,
    orderedIn: "0x4",
    orderingHash: ONE,
    firstIndex: "0x1",
    lastIndex: "0x2",
    attested: "weak",
    committee: [{ member: 1, publicKey: "0x02" }],
    attestations: [shown],
    certifiedIn: "0x6",
    certificate: {
      kind: "diverged",
      level: "fast",
      manifestHash: ONE,
      preRoot: ONE,
      attestations: [shown],
      difference: { ...difference, queueIndex: "0x2" },
    },
  });
});

test("del_getAttestations shows a certificate that was agreed on, with results and writes", async () => {
  const hash = toHash(word(6));
  const batch = { contract: CONTAINER, firstIndex: 1n, lastIndex: 2n, orderingHash: ONE };
  const calls = [
    {
      queueIndex: 1n,
      outcome: "success" as const,
      outputHash: keccak256(Uint8Array.of(7)),
      logs: [{ address: CONTAINER, topics: [ONE], data: Uint8Array.of(8) }],
      gasUsed: 9n,
      haltCode: "",
      result: EMPTY_BYTES,
      messages: [],
    },
  ];
  const slots = [{ slot: ONE, value: ONE }];
  rpc.backend.reports.set(hash, {
    ...batch,
    orderedIn: 4n,
    attested: "strong",
    committee: [],
    attestations: [],
    certificate: {
      block: 6n,
      certificate: {
        kind: "agreed",
        level: "strong",
        ...batch,
        orderingNumber: 4n,
        manifestHash: ONE,
        preRoot: ONE,
        calls,
        slots,
        signers: Uint8Array.of(3),
        salts: [Uint8Array.of(5)],
        others: [undefined, ONE],
        numbers: [ONE],
        signature: Uint8Array.of(4),
      },
    },
  });
  const { certificate } = (await rpc.result("del_getAttestations", hash)) as Record<
    string,
    unknown
  >;
  assert.deepEqual(certificate, {
    kind: "agreed",
    level: "strong",
    manifestHash: ONE,
    preRoot: ONE,
    calls: [
      {
        queueIndex: "0x1",
        outcome: "success",
        outputHash: keccak256(Uint8Array.of(7)),
        logs: [{ address: CONTAINER, topics: [ONE], data: "0x08" }],
        gasUsed: "0x9",
        haltCode: "",
        result: "0x",
        messages: [],
      },
    ],
    slots,
    signers: "0x03",
    salts: ["0x05"],
    others: [null, ONE],
    numbers: [ONE],
    signature: "0x04",
  });
});

test("what a result may be contested by has the names of CHALLENGES' struct", async () => {
  const hash = keccak256(Uint8Array.of(1));
  assert.equal(await rpc.result("del_getChallenge", hash), null);
  const signers = [keccak256(Uint8Array.of(2)), keccak256(Uint8Array.of(3))];
  const judged: JudgedBatch = {
    contract: CONTAINER,
    resourceClass: "medium",
    orderingNumber: 4n,
    firstIndex: 5n,
    lastIndex: 6n,
    manifestHash: PAYLOAD_HASH,
    preRoot: keccak256(Uint8Array.of(4)),
    findings: keccak256(Uint8Array.of(5)),
    signers,
    stateAt: 7n,
    hosts: 12,
  };
  const report = { number: 8n, judged, records: [hashJudged(judged)], until: 728n, bond: 20n };
  rpc.backend.challenges.set(hash, { ...report, openedIn: undefined });
  const shown = (await rpc.result("del_getChallenge", hash)) as Record<string, unknown>;
  assert.deepEqual(shown, {
    certifiedIn: "0x8",
    until: "0x2d8",
    bond: "0x14",
    openedIn: null,
    judged: {
      target: CONTAINER,
      class: 1,
      orderingNumber: "0x4",
      firstIndex: "0x5",
      lastIndex: "0x6",
      manifest: PAYLOAD_HASH,
      preRoot: judged.preRoot,
      findings: judged.findings,
      signers: keccak256(concatBytes(...signers.map(fromHex))),
      stateAt: "0x7",
      hosts: "0xc",
    },
    records: [hashJudged(judged)],
    signers,
  });
  // As viem encodes the call from it, the chain's own encoder does.
  const host = keccak256(Uint8Array.of(6));
  const args = [8n, shown.judged, shown.records, shown.signers, host];
  const { abi } = contracts.Challenges as { readonly abi: Abi };
  assert.equal(
    toHex(challengeInput(report, host)),
    encodeFunctionData({ abi, functionName: "challenge", args }),
  );
  rpc.backend.challenges.set(hash, { ...report, openedIn: 9n });
  assert.equal(
    ((await rpc.result("del_getChallenge", hash)) as Record<string, unknown>).openedIn,
    "0x9",
  );
});
