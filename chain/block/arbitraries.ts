import {
  type Address,
  addressFromBytes,
  type Hash,
  hashFromBytes,
  type Log,
} from "@delchain/runtime";
import fc, { type Arbitrary } from "fast-check";
import { bloomOf } from "./bloom.ts";
import type { Extension, Header } from "./header.ts";
import type { ContainerCallRecord, Receipt } from "./receipt.ts";

// Objects for property tests, of every shape that their types allow.

/** Plain objects, because a decoder makes those too. */
export const PLAIN: { readonly noNullPrototype: true } = { noNullPrototype: true };

export function bytes(length: number): Arbitrary<Uint8Array> {
  return fc.uint8Array({ minLength: length, maxLength: length });
}

export function uint(bits: bigint): Arbitrary<bigint> {
  return fc.bigInt({ min: 0n, max: 2n ** bits - 1n });
}

export function optional<Value>(value: Arbitrary<Value>): Arbitrary<Value | undefined> {
  return fc.option(value, { nil: undefined });
}

export const hash: Arbitrary<Hash> = bytes(32).map(hashFromBytes);
export const address: Arbitrary<Address> = bytes(20).map(addressFromBytes);

export const logs: Arbitrary<readonly Log[]> = fc.array(
  fc.record(
    { address, topics: fc.array(hash, { maxLength: 4 }), data: fc.uint8Array({ maxLength: 100 }) },
    PLAIN,
  ),
  { maxLength: 4 },
);

export const headers: Arbitrary<Header> = fc.record(
  {
    parentHash: hash,
    producer: address,
    stateRoot: hash,
    transactionsRoot: hash,
    receiptsRoot: hash,
    logsBloom: bytes(256),
    number: uint(64n),
    gasLimit: uint(64n),
    gasUsed: uint(64n),
    timestamp: uint(64n),
    extraData: bytes(32),
    mixHash: hash,
    baseFeePerGas: uint(256n),
  },
  PLAIN,
);

export const extensions: Arbitrary<Extension> = fc.record(
  {
    ordersRoot: hash,
    certificatesRoot: hash,
    containerGasOrdered: uint(64n),
    containerBaseFee: uint(256n),
  },
  PLAIN,
);

export const containerCalls: Arbitrary<ContainerCallRecord> = fc.record(
  {
    callId: hash,
    orderedIn: uint(64n),
    queueIndex: uint(64n),
    outcome: fc.constantFrom("success", "revert", "halt", "diverged", "timedOut"),
    resultsHash: hash,
    median: optional(hash),
  },
  PLAIN,
);

export const receipts: Arbitrary<Receipt> = fc
  .record(
    {
      type: fc.constantFrom(0, 1, 2),
      status: fc.constantFrom("success", "failure"),
      cumulativeGasUsed: uint(64n),
      logs,
      transactionHash: hash,
      sender: address,
      to: optional(address),
      created: optional(address),
      gasUsed: uint(64n),
      effectiveGasPrice: uint(256n),
      containerCall: optional(containerCalls),
    },
    PLAIN,
  )
  .map((fields) => ({ ...fields, logsBloom: bloomOf(fields.logs) }));
