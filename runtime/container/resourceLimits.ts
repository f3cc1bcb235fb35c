import { z } from "zod";
import { FRAME_BYTES_DEFAULT } from "./limits.ts";
import { RESOURCE_CLASSES, type Resources } from "./resources.ts";

const MOST: Resources = RESOURCE_CLASSES.large;
/** Below this the engine does not start a container at all. */
const MEMORY_BYTES_MIN: number = 8 * 1024 * 1024;
/** A launcher, a call, and one to spare. */
const PIDS_MIN = 3;
const WALL_MS_MIN = 50;

function whole(least: number, most: number): z.ZodInt {
  const rule = `a whole number of ${least} to ${most}`;
  return z.int(rule).min(least, rule).max(most, rule);
}

/** Limits of a manifest's own: all of them, each within what the largest class has. */
export const RESOURCE_LIMITS: z.ZodType<Resources> = z.strictObject({
  cpu: whole(1, MOST.cpu),
  memoryBytes: whole(MEMORY_BYTES_MIN, MOST.memoryBytes),
  pids: whole(PIDS_MIN, MOST.pids),
  wallMs: whole(WALL_MS_MIN, MOST.wallMs),
  tmpBytes: whole(4_096, MOST.tmpBytes),
  frameBytes: whole(FRAME_BYTES_DEFAULT, MOST.frameBytes),
});
