import { Unavailable } from "../types/errors.ts";

/**
 * What a replica may be given otherwise than its neighbours have it: promises taken away, and the ground beneath them
 * moved. A program that gives other bytes under one of these relies on what that one names.
 */
export const PERTURBATIONS = [
  /** The clock shows another year. */
  "time",
  /** The local time is 5:45 ahead of UTC. */
  "zone",
  /** The language is Turkish, whose small i has another capital. */
  "locale",
  /** The kernel's random numbers come from another seed. */
  "random",
  "hostname",
  /** Processes have larger numbers. */
  "pid",
  /** The environment's variables come in the opposite order. */
  "environmentOrder",
  /** The entries of directories come in the opposite order. */
  "directoryOrder",
  /** A program sees another number of CPUs. */
  "cpuCount",
  /** The C library uses whatever the CPU has, fused multiplication among it. */
  "cpuFeatures",
  /** The kernel puts stack, heap and libraries somewhere else at every start. */
  "memoryLayout",
  /** A tenth of a CPU, so that threads are interrupted at other places and waits end in another order. */
  "threadTiming",
  /** Sockets for the internet can be made, though they lead nowhere: other errors than without. */
  "network",
] as const;

export type Perturbation = (typeof PERTURBATIONS)[number];

/** Throws `Unavailable`, naming what there is, when one of `wanted` is none that the driver gives. */
export function checkPerturbations(
  driver: string,
  given: readonly Perturbation[],
  wanted: readonly Perturbation[] = [],
): void {
  const missing = wanted.find((perturbation) => !given.includes(perturbation));
  if (missing === undefined) return;
  const there = given.length === 0 ? "none" : given.join(", ");
  throw new Unavailable(driver, `it cannot perturb ${missing}; it perturbs: ${there}`);
}
