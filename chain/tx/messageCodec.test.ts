import assert from "node:assert/strict";
import { test } from "node:test";
import { concatBytes, decodeRlp, encodeRlp, InvalidInput, type RlpItem } from "@delchain/runtime";
import fc from "fast-check";
import { address, hash, uint } from "../block/arbitraries.ts";
import { listMessage, readMessage } from "./messageCodec.ts";
import { MESSAGE_TYPE, type MessageTransaction } from "./transaction.ts";

const messages: fc.Arbitrary<MessageTransaction> = fc.record(
  {
    type: fc.constant(MESSAGE_TYPE),
    id: hash,
    parent: hash,
    origin: address,
    from: address,
    to: address,
    value: uint(128n),
    gasLimit: uint(64n),
    gasPrice: uint(64n),
    hops: fc.nat(255),
    data: fc.uint8Array({ maxLength: 100 }),
  },
  { noNullPrototype: true },
);

test("a message comes back from its bytes with every field, and its sender is the contract that sent it", () => {
  fc.assert(
    fc.property(messages, (message) => {
      const listed = listMessage(message);
      assert.deepEqual(readMessage(listed.raw), listed);
      assert.equal(listed.sender, message.from);
    }),
  );
});

test("a message has one encoding: other shapes, leading zeros and bytes behind it are refused", () => {
  const [sample] = fc.sample(messages, 1) as [MessageTransaction];
  const { raw } = listMessage({ ...sample, value: 5n });
  const fields = decodeRlp(raw.subarray(1)) as readonly RlpItem[];
  const encoded = (items: readonly RlpItem[]): Uint8Array =>
    concatBytes(Uint8Array.of(MESSAGE_TYPE), encodeRlp(items));
  assert.deepEqual(readMessage(encoded(fields)).raw, raw);
  const hostile = [
    encoded(fields.slice(1)),
    encoded([...fields, new Uint8Array(0)]),
    encoded(fields.with(0, new Uint8Array(31))),
    encoded(fields.with(4, new Uint8Array(0))),
    encoded(fields.with(5, Uint8Array.of(0, 5))),
    encoded(fields.with(5, new Uint8Array(17).fill(1))),
    encoded(fields.with(8, Uint8Array.of(1, 0))),
    concatBytes(raw, Uint8Array.of(0)),
  ];
  for (const bytes of hostile) assert.throws(() => readMessage(bytes), InvalidInput);
});
