import assert from "node:assert/strict";
import { test } from "node:test";
import {
  decodeRlp,
  encodeRlp,
  fromHex,
  InvalidInput,
  type RlpItem,
  toHex,
} from "@delchain/runtime";
import { encodeReceipt as encodeTheirs } from "@ethereumjs/vm";
import fc from "fast-check";
import { containerCalls, receipts } from "./arbitraries.ts";
import type { ContainerCallRecord, Receipt } from "./receipt.ts";
import { decodeStoredReceipt, encodeReceipt, encodeStoredReceipt } from "./receiptCodec.ts";

test("a receipt enters its root in the bytes that @ethereumjs/vm writes", () => {
  fc.assert(
    fc.property(receipts, (sample) => {
      // It writes zero with a leading zero; no receipt has used no gas.
      const receipt = { ...sample, cumulativeGasUsed: sample.cumulativeGasUsed || 1n };
      const theirs = encodeTheirs(
        {
          status: receipt.status === "success" ? 1 : 0,
          cumulativeBlockGasUsed: receipt.cumulativeGasUsed,
          bitvector: receipt.logsBloom,
          logs: receipt.logs.map((log) => [
            fromHex(log.address),
            log.topics.map((topic) => fromHex(topic)),
            log.data,
          ]),
        },
        // Their type has no name for ours; they write what they are given.
        receipt.type as 2,
      );
      assert.equal(toHex(encodeReceipt(receipt)), toHex(theirs));
    }),
  );
});

test("a stored receipt comes back with every field", () => {
  fc.assert(
    fc.property(receipts, (receipt) => {
      assert.deepEqual(decodeStoredReceipt(encodeStoredReceipt(receipt)), receipt);
    }),
  );
});

test("a stored receipt with an unknown type, status, outcome or number of fields is refused", () => {
  const [sample] = fc.sample(receipts, 1) as [Receipt];
  const record = fc.sample(containerCalls, 1)[0] as ContainerCallRecord;
  const fields = decodeRlp(encodeStoredReceipt({ ...sample, containerCall: record })) as RlpItem[];
  const call = fields[10] as RlpItem[];
  const hostile: readonly RlpItem[] = [
    fields.with(0, Uint8Array.of(3)),
    fields.with(1, Uint8Array.of(2)),
    fields.with(10, call.with(3, Uint8Array.of(5))),
    fields.with(10, call.slice(0, 4)),
    fields.slice(0, 10),
    [...fields, []],
  ];
  for (const item of hostile) {
    assert.throws(() => decodeStoredReceipt(encodeRlp(item)), InvalidInput);
  }
});
