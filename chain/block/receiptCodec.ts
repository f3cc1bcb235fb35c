import {
  concatBytes,
  decodeRlp,
  encodeRlp,
  fromHex,
  InvalidInput,
  type RlpItem,
} from "@delchain/runtime";
import {
  integerBytes,
  readAddress,
  readHash,
  readInteger,
  readList,
  readOptionalAddress,
} from "../tx/rlpFields.ts";
import { MESSAGE_TYPE } from "../tx/transaction.ts";
import { bloomOf } from "./bloom.ts";
import { readLogs, writeLogs } from "./logs.ts";
import type { ContainerCallRecord, Receipt } from "./receipt.ts";

/** The bytes that enter the receipts root: EIP-2718's envelope around the Yellow Paper's four fields. */
export function encodeReceipt(receipt: Receipt): Uint8Array {
  const payload = encodeRlp([
    integerBytes(receipt.status === "success" ? 1n : 0n),
    integerBytes(receipt.cumulativeGasUsed),
    receipt.logsBloom,
    writeLogs(receipt.logs),
  ]);
  return receipt.type === 0 ? payload : concatBytes(Uint8Array.of(receipt.type), payload);
}

/** Log entries of one receipt: 2^26 gas buy under 180,000 at 375 each. */
const STORED_LOGS_MAX = 180_000;

const OUTCOMES: readonly ContainerCallRecord["outcome"][] = [
  "success",
  "revert",
  "halt",
  "diverged",
  "timedOut",
];

/** A receipt with all its fields, as a node stores it; the bloom is computed again when it is loaded. */
export function encodeStoredReceipt(receipt: Receipt): Uint8Array {
  const call = receipt.containerCall;
  return encodeRlp([
    integerBytes(BigInt(receipt.type)),
    integerBytes(receipt.status === "success" ? 1n : 0n),
    integerBytes(receipt.cumulativeGasUsed),
    writeLogs(receipt.logs),
    fromHex(receipt.transactionHash),
    fromHex(receipt.sender),
    fromHex(receipt.to ?? "0x"),
    fromHex(receipt.created ?? "0x"),
    integerBytes(receipt.gasUsed),
    integerBytes(receipt.effectiveGasPrice),
    call === undefined
      ? []
      : [
          fromHex(call.callId),
          integerBytes(call.orderedIn),
          integerBytes(call.queueIndex),
          integerBytes(BigInt(OUTCOMES.indexOf(call.outcome))),
          fromHex(call.resultsHash),
          ...(call.median === undefined ? [] : [fromHex(call.median)]),
        ],
  ]);
}

/** Throws `InvalidInput` for bytes that `encodeStoredReceipt` did not write. */
export function decodeStoredReceipt(bytes: Uint8Array): Receipt {
  const fields = readList(decodeRlp(bytes), "receipt", 11);
  const logs = readLogs(fields[3], "receipt.logs", STORED_LOGS_MAX);
  const type = readInteger(fields[0], "receipt.type", 1);
  if (type > 2n && type !== BigInt(MESSAGE_TYPE))
    throw new InvalidInput({ code: "RECEIPT_TYPE", type }, `receipt type ${type}`);
  return {
    type: Number(type) as Receipt["type"],
    status: readStatus(fields[1]),
    cumulativeGasUsed: readInteger(fields[2], "receipt.cumulativeGasUsed", 8),
    logsBloom: bloomOf(logs),
    logs,
    transactionHash: readHash(fields[4], "receipt.transactionHash"),
    sender: readAddress(fields[5], "receipt.sender"),
    to: readOptionalAddress(fields[6], "receipt.to"),
    created: readOptionalAddress(fields[7], "receipt.created"),
    gasUsed: readInteger(fields[8], "receipt.gasUsed", 8),
    effectiveGasPrice: readInteger(fields[9], "receipt.effectiveGasPrice", 32),
    containerCall: readContainerCall(fields[10]),
  };
}

function readStatus(item: RlpItem | undefined): Receipt["status"] {
  const status = readInteger(item, "receipt.status", 1);
  if (status > 1n) {
    throw new InvalidInput(
      { code: "RECEIPT_STATUS", status },
      `receipt status ${status}, not 0 or 1`,
    );
  }
  return status === 1n ? "success" : "failure";
}

function readContainerCall(item: RlpItem | undefined): ContainerCallRecord | undefined {
  if (readList(item, "receipt.containerCall", { max: 6 }).length === 0) return undefined;
  const fields = readList(item, "receipt.containerCall", { max: 6 });
  const outcome = OUTCOMES[Number(readInteger(fields[3], "outcome", 1))];
  if (outcome === undefined) {
    throw new InvalidInput({ code: "CALL_OUTCOME" }, "a container call's outcome is 0 to 4");
  }
  return {
    callId: readHash(fields[0], "callId"),
    orderedIn: readInteger(fields[1], "orderedIn", 8),
    queueIndex: readInteger(fields[2], "queueIndex", 8),
    outcome,
    resultsHash: readHash(fields[4], "resultsHash"),
    median: fields[5] === undefined ? undefined : readHash(fields[5], "median"),
  };
}
