import {
  InvalidInput,
  MESSAGE_BYTES_MAX,
  type OutgoingMessage,
  type RlpItem,
  SENDS_MAX,
  type SlotChange,
} from "@delchain/runtime";
import { readLogs } from "../block/logs.ts";
import {
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
  Batch,
  CertifiedCall,
  CommittedCertificate,
  Difference,
  DivergedCertificate,
  SignedStatement,
} from "./certificate.ts";
import { type Commitments, SALT_BYTES } from "./commitments.ts";
import { readFindings } from "./findingsCodec.ts";
import { LEVELS, type Level } from "./levels.ts";

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
  readonly resultBytes: number;
  readonly messages: number;
  readonly messageBytes: number;
} = {
  calls: 1_024,
  logs: 1_024,
  slots: 65_536,
  members: 303,
  textBytes: 512,
  resultBytes: 1_024,
  messages: SENDS_MAX,
  messageBytes: MESSAGE_BYTES_MAX,
};

export const SIGNATURE_BYTES = 96;

/** Of a call, by its number in a certificate. */
export const OUTCOMES: readonly CertifiedCall["outcome"][] = [
  "success",
  "revert",
  "halt",
  "timedOut",
];

export function readAgreed(fields: readonly RlpItem[]): AgreedCertificate {
  const [, batch, level, calls, slots, signers, salts, others, numbers, signature] = fields;
  const max = CERTIFICATE_LIMITS.members;
  return {
    kind: "agreed",
    ...readBatch(batch),
    level: readLevel(level),
    calls: readList(calls, "calls", { max: CERTIFICATE_LIMITS.calls }).map(readCall),
    slots: readList(slots, "slots", { max: CERTIFICATE_LIMITS.slots }).map(readSlot),
    signers: readBytes(signers, "signers", Math.ceil(max / 8)),
    salts: readList(salts, "salts", { max }).map((salt) =>
      readFixedBytes(salt, "salt", SALT_BYTES),
    ),
    others: readCommitments(others, "others"),
    numbers: readList(numbers, "numbers", { max }).map((number) => readHash(number, "number")),
    signature: readFixedBytes(signature, "signature", SIGNATURE_BYTES),
  };
}

export function readDiverged(fields: readonly RlpItem[]): DivergedCertificate {
  const [, batch, level, attestations, difference] = fields;
  return {
    kind: "diverged",
    ...readBatch(batch),
    level: readLevel(level),
    attestations: readList(attestations, "attestations", { max: CERTIFICATE_LIMITS.members }).map(
      readStatement,
    ),
    difference: readDifference(difference),
  };
}

export function readCommitted(fields: readonly RlpItem[]): CommittedCertificate {
  const [, batch, level, commitments, signature] = fields;
  return {
    kind: "committed",
    ...readBatch(batch),
    level: readLevel(level),
    commitments: readCommitments(commitments, "commitments"),
    signature: readFixedBytes(signature, "signature", SIGNATURE_BYTES),
  };
}

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

export function readLevel(item: RlpItem | undefined): Level {
  const level = LEVELS[Number(readInteger(item, "level", 1))];
  if (level === undefined) {
    throw new InvalidInput({ code: "CERTIFICATE_LEVEL" }, "a level is 0 (fast), 1 or 2 (all)");
  }
  return level;
}

function readCommitments(item: RlpItem | undefined, field: string): Commitments {
  return readList(item, field, { max: CERTIFICATE_LIMITS.members }).map((committed) =>
    readBytes(committed, "commitment", 32).length === 0
      ? undefined
      : readHash(committed, "commitment"),
  );
}

function readCall(item: RlpItem): CertifiedCall {
  const fields = readList(item, "call", 8);
  const [queueIndex, outcomeItem, outputHash, logs, gasUsed, haltCode, result, messages] = fields;
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
    result: readBytes(result, "result", CERTIFICATE_LIMITS.resultBytes),
    messages: readList(messages, "messages", { max: CERTIFICATE_LIMITS.messages }).map(readMessage),
  };
}

function readMessage(item: RlpItem): OutgoingMessage {
  const [to, value, gas, callbackGas, data] = readList(item, "message", 5);
  return {
    to: readAddress(to, "message.to"),
    value: readInteger(value, "message.value", 16),
    gas: readInteger(gas, "message.gas", 8),
    callbackGas: readInteger(callbackGas, "message.callbackGas", 8),
    data: readBytes(data, "message.data", CERTIFICATE_LIMITS.messageBytes),
  };
}

function readSlot(item: RlpItem): SlotChange {
  const [slot, value] = readList(item, "slot", 2);
  return { slot: readHash(slot, "slot key"), value: readHash(value, "slot value") };
}

function readStatement(item: RlpItem): SignedStatement {
  const [member, findings, commitments, signature] = readList(item, "attestation", 4);
  return {
    member: Number(readInteger(member, "member", 2)),
    ...readFindings(findings),
    commitments: readHash(commitments, "commitments"),
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
