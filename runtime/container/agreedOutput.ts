import { bigintToBytes, concatBytes } from "../types/bytes.ts";
import { type Hash, hashFromBytes, keccak256Bytes } from "../types/hash.ts";
import { BadAbiValue, isValueOf, keepValues, readBytesValue } from "./abiValue.ts";
import type { OutputRule } from "./outputRule.ts";
import type { CallOutcome } from "./runningCall.ts";

/** How a call ended, as members compare it. */
export type AgreedOutcome = {
  readonly outcome: CallOutcome;
  /** This member's word, of a call whose answers are aggregated. */
  readonly number?: Hash;
  /** What the program answered, where only a part of it is agreed on. */
  readonly raw?: Uint8Array;
};

const BAD_OUTPUT: AgreedOutcome = {
  outcome: { status: "halt", code: "output", detail: "it answered what its ABI does not say" },
};
const WORD_BYTES = 32;

/** What is compared of a successful call's output. */
export function agreedOutput(rule: OutputRule, output: Uint8Array): AgreedOutcome {
  if (rule.rule === "median") {
    if (output.length !== WORD_BYTES || !isValueOf(rule.type, output)) return BAD_OUTPUT;
    return { outcome: { status: "success", output }, number: hashFromBytes(output) };
  }
  return (
    whereReadable(() => {
      const kept = keepValues(rule.types, rule.kept, output);
      return { outcome: { status: "success", output: kept }, raw: output };
    }) ?? BAD_OUTPUT
  );
}

/** The calldata of `normalize(bytes)` for what a call returned. */
export function normalizeInput(output: Uint8Array): Uint8Array {
  const padding = new Uint8Array(-output.length & (WORD_BYTES - 1));
  return concatBytes(NORMALIZE_SELECTOR, word(WORD_BYTES), word(output.length), output, padding);
}

/** What `normalize` answered with, without the ABI around it; a halt when there is none. */
export function normalizedOutput(output: Uint8Array): CallOutcome {
  const found = whereReadable((): CallOutcome => {
    return { status: "success", output: readBytesValue(output) };
  });
  return found ?? BAD_OUTPUT.outcome;
}

const NORMALIZE_SELECTOR: Uint8Array = keccak256Bytes(
  new TextEncoder().encode("normalize(bytes)"),
).slice(0, 4);

function whereReadable<Value>(read: () => Value): Value | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof BadAbiValue) return undefined;
    throw error;
  }
}

function word(value: number): Uint8Array {
  return bigintToBytes(BigInt(value), WORD_BYTES);
}
