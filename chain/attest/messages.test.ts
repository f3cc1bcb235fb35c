import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeRlp, encodeRlp, InvalidInput, type RlpItem, toHex } from "@delchain/runtime";
import fc, { type Arbitrary } from "fast-check";
import { bytes, hash, PLAIN, uint } from "../block/arbitraries.ts";
import { type AttestMessage, decodeMessage, encodeMessage, MESSAGE_BYTES_MAX } from "./messages.ts";

const head = { round: hash, member: fc.nat(302) };
const messages: Arbitrary<AttestMessage> = fc.oneof(
  fc.record(
    { kind: fc.constant("commit" as const), ...head, commitment: hash, signature: bytes(96) },
    PLAIN,
  ),
  fc.record(
    {
      kind: fc.constant("reveal" as const),
      ...head,
      salt: bytes(32),
      findings: fc.record(
        { diffHash: hash, resultsHash: hash, gasUsed: uint(64n), number: hash },
        { ...PLAIN, requiredKeys: ["diffHash", "resultsHash", "gasUsed"] },
      ),
      commitments: hash,
      signature: bytes(96),
    },
    PLAIN,
  ),
);

test("a message decodes to itself", () => {
  fc.assert(
    fc.property(messages, (message) => {
      const encoded = encodeMessage(message);
      assert.ok(encoded.length <= MESSAGE_BYTES_MAX);
      assert.deepEqual(decodeMessage(encoded), message);
    }),
  );
});

test("what decodes after any one byte was changed is again the one encoding of what it says", () => {
  fc.assert(
    fc.property(messages, fc.nat(), fc.nat(255), (message, position, byte) => {
      const encoded = encodeMessage(message);
      encoded[position % encoded.length] = byte;
      try {
        assert.equal(toHex(encodeMessage(decodeMessage(encoded))), toHex(encoded));
      } catch (error) {
        assert(error instanceof InvalidInput, String(error));
      }
    }),
  );
});

test("unknown kinds, missing and additional fields, and too many bytes are refused", () => {
  const [commit] = fc.sample(
    messages.filter(({ kind }) => kind === "commit"),
    1,
  );
  const fields = decodeRlp(encodeMessage(commit as AttestMessage)) as readonly RlpItem[];
  const hostile: readonly [RlpItem, string][] = [
    [fields.with(0, Uint8Array.of(3)), "MESSAGE_KIND"],
    [fields.with(0, Uint8Array.of(2)), "INVALID_FIELD"],
    [fields.slice(0, 4), "INVALID_FIELD"],
    [[...fields, []], "INVALID_FIELD"],
    [fields.with(2, Uint8Array.of(1, 2, 3)), "INVALID_FIELD"],
    [fields.with(4, new Uint8Array(95)), "INVALID_FIELD"],
    [fields.with(4, new Uint8Array(MESSAGE_BYTES_MAX)), "MESSAGE_TOO_LARGE"],
  ];
  for (const [item, code] of hostile) {
    assert.throws(
      () => decodeMessage(encodeRlp(item)),
      (error) => error instanceof InvalidInput && error.facts.code === code,
      code,
    );
  }
});
