import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeRlp, encodeRlp, InvalidInput, type RlpItem, toHex } from "@delchain/runtime";
import fc, { type Arbitrary } from "fast-check";
import { address, bytes, hash, logs, PLAIN, uint } from "../block/arbitraries.ts";
import type { AgreedCertificate, DivergedCertificate } from "./certificate.ts";
import { CERTIFICATE_LIMITS, decodeCertificate, encodeCertificate } from "./certificateCodec.ts";

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
// Valid text only: a lone surrogate has no UTF-8.
const text = fc.string({ unit: "grapheme", maxLength: 40 });

const agreed: Arbitrary<AgreedCertificate> = fc.record(
  {
    kind: fc.constant("agreed" as const),
    ...batch,
    calls: fc.array(
      fc.record(
        {
          queueIndex: uint(64n),
          outcome: fc.constantFrom("success" as const, "revert", "halt", "timedOut"),
          outputHash: hash,
          logs,
          gasUsed: uint(64n),
          haltCode: text,
        },
        PLAIN,
      ),
      { maxLength: 4 },
    ),
    slots: fc.array(fc.record({ slot: hash, value: hash }, PLAIN), { maxLength: 4 }),
    signers: fc.uint8Array({ maxLength: 38 }),
    signature: bytes(96),
  },
  PLAIN,
);

const diverged: Arbitrary<DivergedCertificate> = fc.record(
  {
    kind: fc.constant("diverged" as const),
    ...batch,
    attestations: fc.array(
      fc.record(
        {
          member: fc.nat(65_535),
          diffHash: hash,
          resultsHash: hash,
          gasUsed: uint(64n),
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
const certificates = fc.oneof(agreed, diverged);

function isRefused(item: RlpItem): boolean {
  try {
    decodeCertificate(encodeRlp(item), BYTES_MAX);
    return false;
  } catch (error) {
    assert(error instanceof InvalidInput, String(error));
    return true;
  }
}

function fieldsOf<Certificate extends AgreedCertificate | DivergedCertificate>(
  arbitrary: Arbitrary<Certificate>,
): { readonly certificate: Certificate; readonly fields: readonly RlpItem[] } {
  const certificate = fc.sample(arbitrary, 1)[0] as Certificate;
  return { certificate, fields: decodeRlp(encodeCertificate(certificate)) as RlpItem[] };
}

test("a certificate of either kind decodes to itself", () => {
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
  const broken = (fields[3] as RlpItem[]).with(2, Uint8Array.of(0xff));
  assert(isRefused(fields.with(3, broken)));
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
    fields.with(0, Uint8Array.of(3)),
    fields.with(0, Uint8Array.of(2)),
    fields.slice(0, 5),
    [...fields, []],
    fields.with(2, [call]),
    fields.with(1, (fields[1] as RlpItem[]).slice(1)),
    fields.with(5, new Uint8Array(95)),
  ];
  const accepted = hostile.filter((item) => !isRefused(item));
  assert.deepEqual(accepted, []);
});

test("each limit holds: one more is refused", () => {
  const { fields } = fieldsOf(agreed);
  const empty = new Uint8Array(0);
  const call = (entries: readonly RlpItem[], haltCode: Uint8Array) => [
    empty,
    empty,
    new Uint8Array(32),
    entries,
    empty,
    haltCode,
  ];
  const log: readonly RlpItem[] = [new Uint8Array(20), [], empty];
  const slot = [new Uint8Array(32), new Uint8Array(32)];
  const many = (count: number, item: RlpItem) => Array.from({ length: count }, () => item);
  const { calls, logs: logsMax, slots, members, textBytes } = CERTIFICATE_LIMITS;
  const atLimit = (over: number): Readonly<Record<string, RlpItem>> => ({
    calls: fields.with(2, many(calls + over, call([], empty))),
    logs: fields.with(2, [call(many(logsMax + over, log), empty)]),
    haltCode: fields.with(2, [call([], new Uint8Array(textBytes + over).fill(0x61))]),
    topics: fields.with(2, [call([log.with(1, many(4 + over, new Uint8Array(32)))], empty)]),
    signers: fields.with(4, new Uint8Array(Math.ceil(members / 8) + over)),
    slots: fields.with(3, many(slots + over, slot)),
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
