import {
  decodeRlp,
  encodeRlp,
  fromHex,
  InvalidInput,
  type RlpItem,
  type SlotChange,
} from "@delchain/runtime";
import { readLogs, writeLogs } from "../block/logs.ts";
import {
  integerBytes,
  readAddress,
  readBytes,
  readFixedBytes,
  readHash,
  readInteger,
  readList,
  readText,
} from "../tx/rlpFields.ts";
import type {
  AgreedCertificate,
  CertifiedCall,
  Difference,
  DivergedCertificate,
  ResultCertificate,
  SignedStatement,
} from "./certificate.ts";

/**
 * What one certificate may hold, beside the chain spec's limit on its bytes as a whole. Calls and logs are
 * bounded as the container protocol bounds them; 303 members, the number of seats, sign at most.
 */
export const CERTIFICATE_LIMITS: {
  readonly calls: number;
  readonly logs: number;
  readonly slots: number;
  readonly members: number;
  readonly textBytes: number;
} = { calls: 1_024, logs: 1_024, slots: 65_536, members: 303, textBytes: 512 };

const SIGNATURE_BYTES = 96;

/** The bytes that enter the certificates' root; each certificate has exactly one encoding. */
export function encodeCertificate(certificate: ResultCertificate): Uint8Array {
  return encodeRlp(certificateFields(certificate));
}

/**
 * Checks shape and limits, not who signed. Throws `InvalidInput` with `InvalidRlp`, `InvalidField` or code
 * `CERTIFICATE_TOO_LARGE`.
 */
export function decodeCertificate(bytes: Uint8Array, bytesMax: number): ResultCertificate {
  if (bytes.length > bytesMax) {
    throw new InvalidInput(
      { code: "CERTIFICATE_TOO_LARGE", length: bytes.length, limit: bytesMax },
      `the certificate has ${bytes.length} bytes, over the limit of ${bytesMax}`,
    );
  }
  return readCertificate(decodeRlp(bytes));
}

function certificateFields(certificate: ResultCertificate): readonly RlpItem[] {
  const batch = [
    fromHex(certificate.contract),
    integerBytes(certificate.orderingNumber),
    fromHex(certificate.orderingHash),
    fromHex(certificate.manifestHash),
    integerBytes(certificate.firstIndex),
    integerBytes(certificate.lastIndex),
    fromHex(certificate.preRoot),
  ];
  if (certificate.kind === "agreed") {
    return [
      integerBytes(KINDS.agreed),
      batch,
      certificate.calls.map(callFields),
      certificate.slots.map(({ slot, value }) => [fromHex(slot), fromHex(value)]),
      certificate.signers,
      certificate.signature,
    ];
  }
  const { queueIndex, where, left, right } = certificate.difference;
  return [
    integerBytes(KINDS.diverged),
    batch,
    certificate.attestations.map((statement) => [
      integerBytes(BigInt(statement.member)),
      fromHex(statement.diffHash),
      fromHex(statement.resultsHash),
      integerBytes(statement.gasUsed),
      statement.signature,
    ]),
    [integerBytes(queueIndex), ...[where, left, right].map((text) => UTF8.encode(text))],
  ];
}

const KINDS: Readonly<Record<ResultCertificate["kind"], bigint>> = { agreed: 1n, diverged: 2n };
const UTF8: TextEncoder = new TextEncoder();
const OUTCOMES: readonly CertifiedCall["outcome"][] = ["success", "revert", "halt", "timedOut"];

function callFields(call: CertifiedCall): RlpItem {
  return [
    integerBytes(call.queueIndex),
    integerBytes(BigInt(OUTCOMES.indexOf(call.outcome))),
    fromHex(call.outputHash),
    writeLogs(call.logs),
    integerBytes(call.gasUsed),
    UTF8.encode(call.haltCode),
  ];
}

function readCertificate(item: RlpItem): ResultCertificate {
  const fields = readList(item, "certificate", { max: 6 });
  const kind = readInteger(fields[0], "certificate kind", 1);
  if (kind === KINDS.agreed) return readAgreed(readList(item, "agreed certificate", 6));
  if (kind === KINDS.diverged) return readDiverged(readList(item, "diverged certificate", 4));
  throw new InvalidInput(
    { code: "CERTIFICATE_KIND", kind },
    `certificate kind ${kind}; known are 1 (agreed) and 2 (diverged)`,
  );
}

type Batch = Omit<DivergedCertificate, "kind" | "attestations" | "difference">;

function readBatch(item: RlpItem | undefined): Batch {
  const fields = readList(item, "batch", 7);
  return {
    contract: readAddress(fields[0], "contract"),
    orderingNumber: readInteger(fields[1], "orderingNumber", 8),
    orderingHash: readHash(fields[2], "orderingHash"),
    manifestHash: readHash(fields[3], "manifestHash"),
    firstIndex: readInteger(fields[4], "firstIndex", 8),
    lastIndex: readInteger(fields[5], "lastIndex", 8),
    preRoot: readHash(fields[6], "preRoot"),
  };
}

function readAgreed(fields: readonly RlpItem[]): AgreedCertificate {
  const [, batch, calls, slots, signers, signature] = fields;
  return {
    kind: "agreed",
    ...readBatch(batch),
    calls: readList(calls, "calls", { max: CERTIFICATE_LIMITS.calls }).map(readCall),
    slots: readList(slots, "slots", { max: CERTIFICATE_LIMITS.slots }).map(readSlot),
    signers: readBytes(signers, "signers", Math.ceil(CERTIFICATE_LIMITS.members / 8)),
    signature: readFixedBytes(signature, "signature", SIGNATURE_BYTES),
  };
}

function readCall(item: RlpItem): CertifiedCall {
  const [queueIndex, outcomeItem, outputHash, logs, gasUsed, haltCode] = readList(item, "call", 6);
  const outcome = OUTCOMES[Number(readInteger(outcomeItem, "outcome", 1))];
  if (outcome === undefined) {
    throw new InvalidInput({ code: "CALL_OUTCOME" }, "a certified call's outcome is 0 to 3");
  }
  return {
    queueIndex: readInteger(queueIndex, "queueIndex", 8),
    outcome,
    outputHash: readHash(outputHash, "outputHash"),
    logs: readLogs(logs, "logs", CERTIFICATE_LIMITS.logs),
    gasUsed: readInteger(gasUsed, "gasUsed", 8),
    haltCode: readText(haltCode, "haltCode", CERTIFICATE_LIMITS.textBytes),
  };
}

function readSlot(item: RlpItem): SlotChange {
  const [slot, value] = readList(item, "slot", 2);
  return { slot: readHash(slot, "slot key"), value: readHash(value, "slot value") };
}

function readDiverged(fields: readonly RlpItem[]): DivergedCertificate {
  const [, batch, attestations, difference] = fields;
  return {
    kind: "diverged",
    ...readBatch(batch),
    attestations: readList(attestations, "attestations", { max: CERTIFICATE_LIMITS.members }).map(
      readStatement,
    ),
    difference: readDifference(difference),
  };
}

function readStatement(item: RlpItem): SignedStatement {
  const [member, diffHash, resultsHash, gasUsed, signature] = readList(item, "attestation", 5);
  return {
    member: Number(readInteger(member, "member", 2)),
    diffHash: readHash(diffHash, "diffHash"),
    resultsHash: readHash(resultsHash, "resultsHash"),
    gasUsed: readInteger(gasUsed, "gasUsed", 8),
    signature: readFixedBytes(signature, "signature", SIGNATURE_BYTES),
  };
}

function readDifference(item: RlpItem | undefined): Difference {
  const [queueIndex, where, left, right] = readList(item, "difference", 4);
  const max = CERTIFICATE_LIMITS.textBytes;
  return {
    queueIndex: readInteger(queueIndex, "queueIndex", 8),
    where: readText(where, "where", max),
    left: readText(left, "left", max),
    right: readText(right, "right", max),
  };
}
