import { FRAME_BYTES_DEFAULT } from "./limits.ts";

/** What a container may use. Consensus: reaching one of these is part of a call's result. */
export type Resources = {
  /** Whole CPUs: the most that runs at once. */
  readonly cpu: number;
  /** Without swap, all processes of the container together. */
  readonly memoryBytes: number;
  readonly pids: number;
  /** The host's timer for one call. */
  readonly wallMs: number;
  /** `/tmp`, in memory and emptied with the container; also the largest file. */
  readonly tmpBytes: number;
  /** The largest frame in either direction. */
  readonly frameBytes: number;
};

export type ResourceClass = "small" | "medium" | "large";

const MIB = 1024 * 1024;

/** The classes that hosts offer; a manifest names one, or limits of its own that one of them covers. */
export const RESOURCE_CLASSES: Readonly<Record<ResourceClass, Resources>> = {
  small: {
    cpu: 1,
    memoryBytes: 64 * MIB,
    pids: 16,
    wallMs: 2_000,
    tmpBytes: 4 * MIB,
    frameBytes: FRAME_BYTES_DEFAULT,
  },
  medium: {
    cpu: 1,
    memoryBytes: 256 * MIB,
    pids: 64,
    wallMs: 5_000,
    tmpBytes: 16 * MIB,
    frameBytes: 4 * MIB,
  },
  large: {
    cpu: 2,
    memoryBytes: 1024 * MIB,
    pids: 128,
    wallMs: 15_000,
    tmpBytes: 64 * MIB,
    frameBytes: 16 * MIB,
  },
};

/** From the smallest to the largest: each covers the one before it. */
export const RESOURCE_CLASS_NAMES: readonly ResourceClass[] = ["small", "medium", "large"];

/** The smallest class that covers `resources`, whose price and hosts it takes; `undefined` when none does. */
export function classOf(resources: Resources): ResourceClass | undefined {
  return RESOURCE_CLASS_NAMES.find((name) => {
    const limits = RESOURCE_CLASSES[name];
    return (Object.keys(limits) as (keyof Resources)[]).every(
      (field) => resources[field] <= limits[field],
    );
  });
}
