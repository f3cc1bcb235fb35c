import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeRlp, encodeRlp, InvalidInput, type RlpItem, toHex } from "@delchain/runtime";
import fc, { type Arbitrary } from "fast-check";
import { address, bytes, hash, logs, optional, PLAIN, uint } from "../block/arbitraries.ts";
import type {
  AgreedCertificate,
  Certificate,
  CommittedCertificate,
  DivergedCertificate,
} from "./certificate.ts";
import { decodeCertificate, encodeCertificate } from "./certificateCodec.ts";
import { CERTIFICATE_LIMITS } from "./certificateFields.ts";
import { LEVELS } from "./levels.ts";

const BYTES_MAX = 2 * 1024 * 1024;

const batch = {
  contract: address,
  orderingNumber: uint(64n),
  orderingHash: hash,
  manifestHash: hash,
  firstIndex: uint(64n),
  lastIndex: uint(64n),
  preRoot: hash,
};
const level = fc.constantFrom(...LEVELS);
const commitments = fc.array(optional(hash), { maxLength: 12 });
// Valid text only: a lone surrogate has no UTF-8.
const text = fc.string({ unit: "grapheme", maxLength: 40 });

const message = fc.record(
  {
    to: address,
    value: uint(128n),
    gas: uint(64n),
    callbackGas: uint(64n),
    data: fc.uint8Array({ maxLength: 40 }),
  },
  PLAIN,
);

const agreed: Arbitrary<AgreedCertificate> = fc.record(
  {
    kind: fc.constant("agreed" as const),
    ...batch,
    level,
    calls: fc.array(
      fc.record(
        {
          queueIndex: uint(64n),
          outcome: fc.constantFrom("success" as const, "revert", "halt", "timedOut"),
          outputHash: hash,
          logs,
          gasUsed: uint(64n),
          haltCode: text,
          result: fc.uint8Array({ maxLength: 40 }),
          messages: fc.array(message, { maxLength: 3 }),
        },
        PLAIN,
      ),
      { maxLength: 4 },
    ),
    slots: fc.array(fc.record({ slot: hash, value: hash }, PLAIN), { maxLength: 4 }),
    signers: fc.uint8Array({ maxLength: 38 }),
    salts: fc.array(bytes(32), { maxLength: 12 }),
    others: commitments,
    numbers: fc.array(hash, { maxLength: 12 }),
    signature: bytes(96),
  },
  PLAIN,
);

const diverged: Arbitrary<DivergedCertificate> = fc.record(
  {
    kind: fc.constant("diverged" as const),
    ...batch,
    level,
    attestations: fc.array(
      fc.record(
        {
          member: fc.nat(65_535),
          diffHash: hash,
          resultsHash: hash,
          gasUsed: uint(64n),
          commitments: hash,
          signature: bytes(96),
        },
        PLAIN,
      ),
      { maxLength: 3 },
    ),
    difference: fc.record({ queueIndex: uint(64n), where: text, left: text, right: text }, PLAIN),
  },
  PLAIN,
);
const committed: Arbitrary<CommittedCertificate> = fc.record(
  {
    kind: fc.constant("committed" as const),
    ...batch,
    level,
    commitments,
    signature: bytes(96),
  },
  PLAIN,
);
const certificates = fc.oneof(agreed, diverged, committed);

function isRefused(item: RlpItem): boolean {
  try {
    decodeCertificate(encodeRlp(item), BYTES_MAX);
    return false;
  } catch (error) {
    assert(error instanceof InvalidInput, String(error));
    return true;
  }
}

function fieldsOf<One extends Certificate>(
  arbitrary: Arbitrary<One>,
): { readonly certificate: One; readonly fields: readonly RlpItem[] } {
  const certificate = fc.sample(arbitrary, 1)[0] as One;
  return { certificate, fields: decodeRlp(encodeCertificate(certificate)) as RlpItem[] };
}

test("a certificate of any kind decodes to itself", () => {
  fc.assert(
    fc.property(certificates, (certificate) => {
      assert.deepEqual(decodeCertificate(encodeCertificate(certificate), BYTES_MAX), certificate);
    }),
  );
});

test("what decodes after any one byte was changed is again the one encoding of what it says", () => {
  fc.assert(
    fc.property(certificates, fc.nat(), fc.nat(255), (certificate, position, byte) => {
      const encoded = encodeCertificate(certificate);
      encoded[position % encoded.length] = byte;
      try {
        const decoded = decodeCertificate(encoded, BYTES_MAX);
        assert.equal(toHex(encodeCertificate(decoded)), toHex(encoded));
      } catch (error) {
        assert(error instanceof InvalidInput, String(error));
      }
    }),
    { numRuns: 500 },
  );
});

test("a byte order mark in a text survives, bytes that are no UTF-8 do not", () => {
  const { certificate, fields } = fieldsOf(diverged);
  const difference = { ...certificate.difference, left: "\uFEFFx" };
  const marked = { ...certificate, difference };
  assert.deepEqual(decodeCertificate(encodeCertificate(marked), BYTES_MAX), marked);
  const broken = (fields[4] as RlpItem[]).with(2, Uint8Array.of(0xff));
  assert(isRefused(fields.with(4, broken)));
});

test("unknown kinds and outcomes, and missing or additional fields, are refused", () => {
  const { fields } = fieldsOf(agreed);
  const call = [
    new Uint8Array(0),
    Uint8Array.of(4),
    new Uint8Array(0),
    [],
    new Uint8Array(0),
    new Uint8Array(0),
  ];
  const hostile: readonly RlpItem[] = [
    [],
    fields.with(0, new Uint8Array(0)),
    fields.with(0, Uint8Array.of(4)),
    fields.with(0, Uint8Array.of(3)),
    fields.with(0, Uint8Array.of(2)),
    fields.slice(0, 8),
    [...fields, []],
    fields.with(2, Uint8Array.of(3)),
    fields.with(3, [call]),
    fields.with(1, (fields[1] as RlpItem[]).slice(1)),
    fields.with(6, [new Uint8Array(31)]),
    fields.with(7, [new Uint8Array(31)]),
    fields.with(8, new Uint8Array(95)),
  ];
  const accepted = hostile.filter((item) => !isRefused(item));
  assert.deepEqual(accepted, []);
});

test("each limit holds: one more is refused", () => {
  const { fields } = fieldsOf(agreed);
  const empty = new Uint8Array(0);
  const call = (
    entries: readonly RlpItem[],
    haltCode: Uint8Array,
    result: Uint8Array = empty,
    messages: readonly RlpItem[] = [],
  ) => [empty, empty, new Uint8Array(32), entries, empty, haltCode, result, messages];
  const message = (length: number) => [
    new Uint8Array(20),
    empty,
    empty,
    empty,
    new Uint8Array(length),
  ];
  const log: readonly RlpItem[] = [new Uint8Array(20), [], empty];
  const slot = [new Uint8Array(32), new Uint8Array(32)];
  const many = (count: number, item: RlpItem) => Array.from({ length: count }, () => item);
  const { calls, logs: logsMax, slots, members, textBytes } = CERTIFICATE_LIMITS;
  const { resultBytes, messages, messageBytes } = CERTIFICATE_LIMITS;
  const atLimit = (over: number): Readonly<Record<string, RlpItem>> => ({
    calls: fields.with(3, many(calls + over, call([], empty))),
    logs: fields.with(3, [call(many(logsMax + over, log), empty)]),
    haltCode: fields.with(3, [call([], new Uint8Array(textBytes + over).fill(0x61))]),
    topics: fields.with(3, [call([log.with(1, many(4 + over, new Uint8Array(32)))], empty)]),
    signers: fields.with(5, new Uint8Array(Math.ceil(members / 8) + over)),
    slots: fields.with(4, many(slots + over, slot)),
    result: fields.with(3, [call([], empty, new Uint8Array(resultBytes + over))]),
    messages: fields.with(3, [call([], empty, empty, many(messages + over, message(0)))]),
    data: fields.with(3, [call([], empty, empty, [message(messageBytes + over)])]),
    salts: fields.with(6, many(members + over, new Uint8Array(32))),
    others: fields.with(7, many(members + over, empty)),
  });
  const large = 8 * 1024 * 1024;
  for (const [name, item] of Object.entries(atLimit(0))) {
    assert.doesNotThrow(() => decodeCertificate(encodeRlp(item), large), name);
  }
  for (const [name, item] of Object.entries(atLimit(1))) {
    assert.throws(() => decodeCertificate(encodeRlp(item), large), InvalidInput, name);
  }
});

test("more bytes than the chain spec allows are refused before they are read", () => {
  const encoded = encodeCertificate(fc.sample(agreed, 1)[0] as AgreedCertificate);
  assert.doesNotThrow(() => decodeCertificate(encoded, encoded.length));
  assert.throws(
    () => decodeCertificate(encoded, encoded.length - 1),
    (error) => error instanceof InvalidInput && error.facts.code === "CERTIFICATE_TOO_LARGE",
  );
});
