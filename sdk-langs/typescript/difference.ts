import {
  type Abi,
  type AbiEvent,
  type AbiFunction,
  type AbiParameter,
  decodeAbiParameters,
  decodeEventLog,
  type Hex,
  toEventSelector,
} from "viem";
import type { ReplicaDifference, ReplicaResult } from "./explanation.ts";

/** A value for people is cut here. */
const SHOWN_CHARACTERS = 80;
/** A slot below this was chosen by its place in a layout, and not by a hash. */
const PLAIN_SLOTS = 1n << 32n;

/**
 * Where replicas differ in the words of a contract's ABI, with both values: the return value by its name, the argument of
 * an event, the storage slot. What the ABI does not explain is told as it is.
 */
export function describeDifference(
  difference: ReplicaDifference,
  abi: Abi = [],
  called?: AbiFunction,
): string {
  const { where, left, right } = difference;
  const known = described(difference, abi, called);
  if (known !== undefined) return known;
  return said(where.startsWith("storage ") ? slotName(where) : where, left, right);
}

function described(
  { where, results }: ReplicaDifference,
  abi: Abi,
  called: AbiFunction | undefined,
): string | undefined {
  if (results === undefined) return undefined;
  try {
    if (where.startsWith("output ")) return outputDifference(results, called);
    const log = /^log (\d+) (?:topic|data)/.exec(where);
    return log ? logDifference(results, Number(log[1]), abi) : undefined;
  } catch {
    // Bytes that are not what the ABI says are shown as bytes.
    return undefined;
  }
}

type Results = readonly [left: ReplicaResult, right: ReplicaResult];

function outputDifference(results: Results, called: AbiFunction | undefined): string | undefined {
  if (called === undefined || results.some(({ status }) => status !== "success")) return undefined;
  const [left, right] = results.map(({ output }) => decodeAbiParameters(called.outputs, output));
  return firstDifference("return value", called.outputs, left ?? [], right ?? []);
}

function logDifference(results: Results, index: number, abi: Abi): string | undefined {
  const [left, right] = results.map(({ logs }) => logs[index]);
  const [topic] = left?.topics ?? [];
  const event = abi.find(
    (entry): entry is AbiEvent => entry.type === "event" && toEventSelector(entry) === topic,
  );
  if (event === undefined || left === undefined || right === undefined) return undefined;
  const values = [left, right].map(({ topics, data }) => {
    const { args } = decodeEventLog({
      abi: [event],
      topics: topics as [Hex, ...Hex[]],
      data,
    }) as { readonly args?: readonly unknown[] | Readonly<Record<string, unknown>> };
    return Object.values(args ?? {});
  });
  const [one = [], other = []] = values;
  return firstDifference(`event ${event.name}, argument`, event.inputs, one, other);
}

function firstDifference(
  what: string,
  parameters: readonly AbiParameter[],
  left: readonly unknown[],
  right: readonly unknown[],
): string | undefined {
  const at = parameters.findIndex((_, i) => text(left[i]) !== text(right[i]));
  if (at < 0) return undefined;
  const { name } = parameters[at] as AbiParameter;
  const which = name || (parameters.length > 1 ? `${at + 1}` : "");
  return said(`${what} ${which}`.trim(), text(left[at]), text(right[at]));
}

function said(what: string, left: string, right: string): string {
  return `${what} is ${cut(left)} in one and ${cut(right)} in another`;
}

function slotName(where: string): string {
  const slot = BigInt(where.slice("storage ".length));
  return slot < PLAIN_SLOTS ? `storage slot ${slot}` : where;
}

function text(value: unknown): string {
  return JSON.stringify(value, (_, one: unknown) =>
    typeof one === "bigint" ? String(one) : one,
  ).replace(/^"(.*)"$/, "$1");
}

function cut(value: string): string {
  return value.length <= SHOWN_CHARACTERS ? value : `${value.slice(0, SHOWN_CHARACTERS)}…`;
}
