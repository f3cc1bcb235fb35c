import { decodeRlp, encodeRlp, fromHex, InvalidInput, type RlpItem } from "@delchain/runtime";
import { writeLogs } from "../block/logs.ts";
import { integerBytes, readInteger, readList } from "../tx/rlpFields.ts";
import type {
  AgreedCertificate,
  Batch,
  Certificate,
  CertifiedCall,
  CommittedCertificate,
  DivergedCertificate,
} from "./certificate.ts";
import { OUTCOMES, readAgreed, readCommitted, readDiverged } from "./certificateFields.ts";
import type { Commitments } from "./commitments.ts";
import { findingsFields } from "./findingsCodec.ts";
import { LEVELS } from "./levels.ts";

const KINDS: Readonly<Record<Certificate["kind"], bigint>> = {
  agreed: 1n,
  diverged: 2n,
  committed: 3n,
};
const UTF8: TextEncoder = new TextEncoder();
const NONE = new Uint8Array(0);

/** The bytes that enter the certificates' root; each certificate has exactly one encoding. */
export function encodeCertificate(certificate: Certificate): Uint8Array {
  return encodeRlp(certificateFields(certificate));
}

/**
 * Checks shape and limits, not who signed. Throws `InvalidInput` with `InvalidRlp`, `InvalidField` or code
 * `CERTIFICATE_TOO_LARGE`.
 */
export function decodeCertificate(bytes: Uint8Array, bytesMax: number): Certificate {
  if (bytes.length > bytesMax) {
    throw new InvalidInput(
      { code: "CERTIFICATE_TOO_LARGE", length: bytes.length, limit: bytesMax },
      `the certificate has ${bytes.length} bytes, over the limit of ${bytesMax}`,
    );
  }
  return readCertificate(decodeRlp(bytes));
}

function readCertificate(item: RlpItem): Certificate {
  const fields = readList(item, "certificate", { max: 10 });
  const kind = readInteger(fields[0], "certificate kind", 1);
  if (kind === KINDS.agreed) return readAgreed(readList(item, "agreed certificate", 10));
  if (kind === KINDS.diverged) return readDiverged(readList(item, "diverged certificate", 5));
  if (kind === KINDS.committed) return readCommitted(readList(item, "committed certificate", 5));
  throw new InvalidInput(
    { code: "CERTIFICATE_KIND", kind },
    `certificate kind ${kind}; known are 1 (agreed), 2 (diverged) and 3 (committed)`,
  );
}

function certificateFields(certificate: Certificate): readonly RlpItem[] {
  const head = [
    integerBytes(KINDS[certificate.kind]),
    batchFields(certificate),
    integerBytes(BigInt(LEVELS.indexOf(certificate.level))),
  ];
  switch (certificate.kind) {
    case "agreed":
      return [...head, ...agreedFields(certificate)];
    case "diverged":
      return [...head, ...divergedFields(certificate)];
    case "committed":
      return [...head, ...committedFields(certificate)];
  }
}

function batchFields(batch: Batch): readonly RlpItem[] {
  return [
    fromHex(batch.contract),
    integerBytes(batch.orderingNumber),
    fromHex(batch.orderingHash),
    fromHex(batch.manifestHash),
    integerBytes(batch.firstIndex),
    integerBytes(batch.lastIndex),
    fromHex(batch.preRoot),
  ];
}

function agreedFields(certificate: AgreedCertificate): readonly RlpItem[] {
  return [
    certificate.calls.map(callFields),
    certificate.slots.map(({ slot, value }) => [fromHex(slot), fromHex(value)]),
    certificate.signers,
    certificate.salts,
    commitmentFields(certificate.others),
    certificate.numbers.map(fromHex),
    certificate.signature,
  ];
}

function callFields(call: CertifiedCall): RlpItem {
  return [
    integerBytes(call.queueIndex),
    integerBytes(BigInt(OUTCOMES.indexOf(call.outcome))),
    fromHex(call.outputHash),
    writeLogs(call.logs),
    integerBytes(call.gasUsed),
    UTF8.encode(call.haltCode),
    call.result,
    call.messages.map(({ to, value, gas, callbackGas, data }) => [
      fromHex(to),
      ...[value, gas, callbackGas].map(integerBytes),
      data,
    ]),
  ];
}

function divergedFields({ attestations, difference }: DivergedCertificate): readonly RlpItem[] {
  const { queueIndex, where, left, right } = difference;
  return [
    attestations.map((statement) => [
      integerBytes(BigInt(statement.member)),
      findingsFields(statement),
      fromHex(statement.commitments),
      statement.signature,
    ]),
    [integerBytes(queueIndex), ...[where, left, right].map((text) => UTF8.encode(text))],
  ];
}

function committedFields({ commitments, signature }: CommittedCertificate): readonly RlpItem[] {
  return [commitmentFields(commitments), signature];
}

function commitmentFields(commitments: Commitments): readonly RlpItem[] {
  return commitments.map((committed) => (committed ? fromHex(committed) : NONE));
}
