import { type Address, EMPTY_ROOT, keccak256, toAddress } from "@delchain/runtime";
import { DEVNET } from "../spec/devnet.ts";
import { genesisBlock } from "../spec/genesis.ts";
import { signedTransfer } from "../tx/testTransactions.ts";
import type { SettledBatch } from "./settledBatches.ts";

const CONTRACT: Address = toAddress(`0x${"c0".repeat(20)}`);

/** A batch of one call that was settled, on the state of block `stateAt`. For tests. */
export function settledCallOf(stateAt: bigint): SettledBatch {
  const { header } = genesisBlock(DEVNET, EMPTY_ROOT);
  const hash = keccak256(new TextEncoder().encode("block"));
  const listed = signedTransfer({ to: CONTRACT, gasLimit: 500_000n, data: Uint8Array.of(1) });
  const entry = { index: 1n, transactionHash: listed.hash, orderedIn: 1n, next: 0n, price: 1n };
  return {
    pending: {
      contract: CONTRACT,
      ordering: { hash, header: { ...header, number: 1n }, containerBaseFee: 1n },
      calls: [{ entry, listed }],
    },
    facts: {
      contract: { address: CONTRACT, manifestHash: hash, manifest: new Uint8Array(0) },
      preRoot: EMPTY_ROOT,
      stateAt,
      head: stateAt,
      certifiedBefore: undefined,
      judges: { hosts: DEVNET.hosts, resourceClass: "small", first: "fast", rules: new Map() },
      terms: { paid: 2, refusal: undefined },
      fixed: [],
      isPaidOut: false,
      isPast: true,
    },
  };
}
