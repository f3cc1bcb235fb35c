import type { Perturbation } from "../container/perturbation.ts";
import { isHex } from "../types/bytes.ts";
import type { FactDifference } from "./facts.ts";

const YEAR_SECONDS = 366n * 86_400n;
/** Seconds, milliseconds, microseconds and nanoseconds, per second. */
const TIME_UNITS: readonly bigint[] = [1n, 1_000n, 1_000_000n, 1_000_000_000n];
/** Where Linux on x86-64 puts libraries and the stack, and programs that are built to be moved. */
const LAYOUTS: readonly (readonly [first: bigint, last: bigint])[] = [
  [0x7d00_0000_0000n, 0x7fff_ffff_ffffn],
  [0x5500_0000_0000n, 0x56ff_ffff_ffffn],
];
/** A number with at least so many digits in base 2 was counted by nobody. */
const RANDOM_BITS = 128;
const PID_MAX = 4_194_304n;

/**
 * What two differing values look like: times within a year of `nowSeconds`, addresses of memory, random bits. It serves
 * to guess where nothing could be pinned, and is never the only reason for more than a guess.
 */
export function recognise(
  { left, right }: FactDifference,
  nowSeconds: bigint,
): Perturbation | undefined {
  const [one, other] = [numberOf(left), numberOf(right)];
  if (one === undefined || other === undefined) return undefined;
  if (isTime(one, nowSeconds) && isTime(other, nowSeconds)) return "time";
  if (isAddress(one) && isAddress(other)) return "memoryLayout";
  if (isRandom(one) && isRandom(other)) return "random";
  return undefined;
}

/** Whether a call's second run in one container has a value that a process's number would have. */
export function looksLikePid({ left, right }: FactDifference): boolean {
  const [one, other] = [numberOf(left), numberOf(right)];
  return one !== undefined && other !== undefined && 0n < one && one < other && other < PID_MAX;
}

function numberOf(value: string): bigint | undefined {
  return isHex(value) && value.length > 2 ? BigInt(value) : undefined;
}

function isTime(value: bigint, nowSeconds: bigint): boolean {
  return TIME_UNITS.some((unit) => {
    const seconds = value / unit;
    return nowSeconds - YEAR_SECONDS < seconds && seconds < nowSeconds + YEAR_SECONDS;
  });
}

function isAddress(value: bigint): boolean {
  return LAYOUTS.some(([first, last]) => first <= value && value <= last);
}

function isRandom(value: bigint): boolean {
  return value.toString(2).length >= RANDOM_BITS;
}
