import { keccak256, type SlotChange, toHex } from "@delchain/runtime";
import type { Difference } from "./certificate.ts";
import type { HostedResult } from "./certifiedCall.ts";

/** What a member found, before it is hashed. */
export type Outcome = {
  readonly calls: readonly HostedResult[];
  readonly slots: readonly SlotChange[];
};

/** Bytes shown on each side of a difference, from the first that differs. */
const SHOWN_BYTES = 32;

/**
 * The first thing in which two members' findings differ, with both values, for people: calls in queue order and in
 * them outcome, output, logs and gas; then slots. `queueIndexes` are those of the calls. Throws when there is none.
 */
export function firstDifference(
  left: Outcome,
  right: Outcome,
  queueIndexes: readonly bigint[],
): Difference {
  for (let i = 0; i < Math.max(left.calls.length, right.calls.length); i++) {
    const found = callDifference(left.calls[i], right.calls[i]);
    if (found) return { queueIndex: queueIndexes[i] ?? 0n, ...found };
  }
  const found = slotDifference(left.slots, right.slots);
  if (found) return { queueIndex: queueIndexes.at(-1) ?? 0n, ...found };
  throw new RangeError("the findings are the same");
}

type Place = Omit<Difference, "queueIndex">;

function callDifference(
  left: HostedResult | undefined,
  right: HostedResult | undefined,
): Place | undefined {
  if (left === undefined || right === undefined) {
    return { where: "call", left: left ? "there" : "missing", right: right ? "there" : "missing" };
  }
  if (left.status !== right.status || left.haltCode !== right.haltCode) {
    return { where: "outcome", left: outcomeText(left), right: outcomeText(right) };
  }
  return (
    outputDifference(left, right) ??
    logsDifference(left, right) ??
    textDifference("messages", messagesText(left), messagesText(right)) ??
    textDifference("gas used", String(left.gasUsed), String(right.gasUsed))
  );
}

/** Numbers that are aggregated need not be the same. */
function outputDifference(left: HostedResult, right: HostedResult): Place | undefined {
  if (left.number !== undefined && right.number !== undefined) return undefined;
  return bytesDifference("output", left.output, right.output);
}

function outcomeText({ status, haltCode }: HostedResult): string {
  return haltCode === undefined ? status : `${status} (${haltCode})`;
}

function messagesText({ messages }: HostedResult): string {
  const texts = messages.map(
    ({ to, value, gas, callbackGas, data }) =>
      `${to} value ${value} gas ${gas} + ${callbackGas} data ${keccak256(data).slice(0, 10)}`,
  );
  return texts.join("; ");
}

function logsDifference(left: HostedResult, right: HostedResult): Place | undefined {
  for (let i = 0; i < Math.max(left.logs.length, right.logs.length); i++) {
    const [one, other] = [left.logs[i], right.logs[i]];
    if (one === undefined || other === undefined) {
      return textDifference("number of logs", String(left.logs.length), String(right.logs.length));
    }
    const found =
      textDifference(`log ${i} topics`, one.topics.join(" "), other.topics.join(" ")) ??
      bytesDifference(`log ${i} data`, one.data, other.data);
    if (found) return found;
  }
  return undefined;
}

function slotDifference(
  left: readonly SlotChange[],
  right: readonly SlotChange[],
): Place | undefined {
  const others = new Map(right.map(({ slot, value }) => [slot, value]));
  for (const { slot, value } of left) {
    const other = others.get(slot);
    others.delete(slot);
    if (other !== value)
      return { where: `storage ${slot}`, left: value, right: other ?? "not written" };
  }
  for (const [slot, value] of others) {
    return { where: `storage ${slot}`, left: "not written", right: value };
  }
  return undefined;
}

function bytesDifference(what: string, left: Uint8Array, right: Uint8Array): Place | undefined {
  const length = Math.max(left.length, right.length);
  for (let at = 0; at < length; at++) {
    if (left[at] === right[at]) continue;
    const shown = (bytes: Uint8Array) => toHex(bytes.subarray(at, at + SHOWN_BYTES));
    return { where: `${what} byte ${at}`, left: shown(left), right: shown(right) };
  }
  return undefined;
}

function textDifference(where: string, left: string, right: string): Place | undefined {
  return left === right ? undefined : { where, left, right };
}
