import { median } from "./cpuTime.ts";

/** Milliseconds with one call in flight. */
export type Latency = { readonly least: number; readonly p50: number; readonly p99: number };

export function latencyOf(times: readonly number[]): Latency {
  const sorted = times.toSorted((left, right) => left - right);
  const p99 = sorted[Math.floor(sorted.length * 0.99)] ?? Number.NaN;
  return { least: sorted[0] ?? Number.NaN, p50: median(times), p99 };
}
