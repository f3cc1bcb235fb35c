import assert from "node:assert/strict";
import { test } from "node:test";
import { fromHex, type Hash, keccak256, toAddress, toHex } from "@delchain/runtime";
import { type Abi, decodeFunctionData } from "viem";
import type { Batch } from "../attest/certificate.ts";
import { commitmentMessage } from "../attest/commitments.ts";
import type { ConflictingAttestations } from "../attest/conflict.ts";
import {
  attestationHash,
  type Findings,
  roundBytes,
  roundId,
  statementHash,
} from "../attest/statement.ts";
import { chooseBls } from "../node/bls.ts";
import { DEVNET, devnetHostSecret } from "../spec/devnet.ts";
import { TestChain } from "../transition/testChain.ts";
import contracts from "./contracts.json" with { type: "json" };
import { hostId } from "./hostRegistry.ts";
import { reportInput } from "./hostReport.ts";
import { SystemCaller } from "./testSystem.ts";

const { bls } = chooseBls();
const BOB = toAddress(`0x${"b0".repeat(20)}`);
const SECRET = devnetHostSecret(0);
const PUBLIC_KEY = toHex(bls.publicKey(SECRET));
const hash = (seed: number): Hash => keccak256(Uint8Array.of(seed));

const BATCH: Batch = {
  contract: BOB,
  orderingNumber: 3n,
  orderingHash: hash(1),
  manifestHash: hash(2),
  firstIndex: 4n,
  lastIndex: 5n,
  preRoot: hash(3),
};
const ROUND = roundId(DEVNET.chainId, BATCH, "fast");

function word(seed: number, number?: Hash) {
  const found: Findings = { diffHash: hash(4), resultsHash: hash(seed), gasUsed: 77n };
  const findings = number === undefined ? found : { ...found, number };
  const commitments = hash(6);
  const message = attestationHash(statementHash(ROUND, findings), commitments);
  return { ...findings, commitments, signature: bls.sign(SECRET, fromHex(message)) };
}

function commitment(seed: number) {
  const signature = bls.sign(SECRET, fromHex(commitmentMessage(ROUND, hash(seed))));
  return { commitment: hash(seed), signature };
}

/** Sends what Solidity's own rules read out of the calldata. */
function report(conflict: ConflictingAttestations): readonly unknown[][] {
  const data = toHex(reportInput(conflict, DEVNET.chainId));
  const abi = contracts.Hosts.abi as Abi;
  const { functionName, args } = decodeFunctionData({ abi, data });
  const caller = new SystemCaller(new TestChain());
  return caller.send("Hosts", functionName, args, { from: BOB }) as unknown[][];
}

test("two words, two numbers and two commitments of a host for one batch are each reported so that HOSTS slashes it", () => {
  assert.equal(keccak256(roundBytes(DEVNET.chainId, BATCH, "fast")), ROUND);
  const about = { publicKey: PUBLIC_KEY, batch: BATCH, level: "fast" } as const;
  const conflicts: readonly ConflictingAttestations[] = [
    { ...about, what: "word", left: word(7), right: word(8) },
    { ...about, what: "word", left: word(7, hash(1)), right: word(7, hash(2)) },
    { ...about, what: "commitment", left: commitment(7), right: commitment(8) },
  ];
  for (const conflict of conflicts) {
    const [[event, id] = []] = report(conflict);
    assert.deepEqual([event, id], ["Slashed", hostId(PUBLIC_KEY)]);
  }
});

test("commitments that are the same, of another batch, or not the host's prove nothing", () => {
  const about = { publicKey: PUBLIC_KEY, batch: BATCH, level: "fast", what: "commitment" } as const;
  const left = commitment(7);
  const refuse = (conflict: ConflictingAttestations) =>
    assert.throws(() => report(conflict), /NoConflict/);
  refuse({ ...about, left, right: left });
  refuse({ ...about, left, right: { ...commitment(8), commitment: hash(9) } });
  refuse({ ...about, batch: { ...BATCH, lastIndex: 6n }, left, right: commitment(8) });
  refuse({ ...about, level: "all", left, right: commitment(8) });
  const publicKey = toHex(bls.publicKey(devnetHostSecret(1)));
  refuse({ ...about, publicKey, left, right: commitment(8) });
});
