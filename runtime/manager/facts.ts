import type { CallResult, OutgoingMessage } from "../container/result.ts";
import type { SlotChange } from "../state/diff.ts";
import { type Hex, toHex } from "../types/bytes.ts";

/** What one call came to in one replica, with what it wrote. */
export type CallRun = { readonly result: CallResult; readonly slots: readonly SlotChange[] };

/**
 * A call's result taken apart, in the order in which people look: `outcome`, `output byte 32`, `log 0 topic 1`,
 * `storage 0x…`, `gas used`. Bytes go by words of 32, as the ABI lays them out.
 */
export type Facts = ReadonlyMap<string, string>;

/** A place in which two runs differ, with both values. */
export type FactDifference = {
  readonly where: string;
  readonly left: string;
  readonly right: string;
};

const WORD_BYTES = 32;
/** For a place that only the other run has. */
const NOTHING = "nothing";

export function factsOf({ result, slots }: CallRun): Facts {
  const { status, haltCode, output, logs, messages, gasUsed, number } = result;
  return new Map([
    ["outcome", haltCode === undefined ? status : `${status} (${haltCode})`],
    // A number that is aggregated need not be the same.
    ...(number === undefined ? words("output", output) : []),
    ...logs.flatMap((log, i): readonly [string, string][] => [
      ...log.topics.map((topic, k): [string, string] => [`log ${i} topic ${k}`, topic]),
      ...words(`log ${i} data`, log.data),
    ]),
    ...messages.flatMap((message, i): readonly [string, string][] => [
      [`message ${i}`, headOf(message)],
      ...words(`message ${i} data`, message.data),
    ]),
    ...slots.map(({ slot, value }): [string, string] => [`storage ${slot}`, value]),
    ["gas used", String(gasUsed)],
  ]);
}

/** All places in which two runs differ, but for those in `except`. */
export function differences(
  left: Facts,
  right: Facts,
  except: ReadonlySet<string> = new Set(),
): readonly FactDifference[] {
  return [...new Set([...left.keys(), ...right.keys()])]
    .filter((where) => !except.has(where) && left.get(where) !== right.get(where))
    .map((where) => ({
      where,
      left: left.get(where) ?? NOTHING,
      right: right.get(where) ?? NOTHING,
    }));
}

/** Two runs' answers that differ where members need not agree, and the first such place. */
export type IgnoredDifference = {
  readonly difference: FactDifference;
  readonly answers: readonly [Uint8Array, Uint8Array];
};

/** `undefined` when two runs' answers are the same, or differ in what members agree on. */
export function ignoredDifference(left: CallRun, right: CallRun): IgnoredDifference | undefined {
  const answerOf = ({ result: { number, output, raw } }: CallRun) =>
    number === undefined ? raw : output;
  const [one, other] = [answerOf(left), answerOf(right)];
  if (one === undefined || other === undefined) return undefined;
  const agreed = differences(factsOf(left), factsOf(right));
  if (agreed.some(({ where }) => where.startsWith("output"))) return undefined;
  const [difference] = differences(new Map(words("output", one)), new Map(words("output", other)));
  return difference && { difference, answers: [one, other] };
}

function headOf({ to, value, gas, callbackGas }: OutgoingMessage): string {
  return `to ${to}, value ${value}, gas ${gas}, callback gas ${callbackGas}`;
}

function words(what: string, bytes: Uint8Array): readonly [string, Hex][] {
  const count = Math.ceil(bytes.length / WORD_BYTES);
  return Array.from({ length: count }, (_, i) => {
    const at = i * WORD_BYTES;
    return [`${what} byte ${at}`, toHex(bytes.subarray(at, at + WORD_BYTES))];
  });
}
