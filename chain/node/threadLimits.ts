import type { ResourceLimits } from "node:worker_threads";

/**
 * For threads that run contracts. Nested tiers share one native stack: the WebAssembly tier's 1 MiB of logical
 * stack and the engine's frames take at most a few MiB of it, measured; the rest is margin, so that the native
 * stack never ends before the rule does.
 */
export const THREAD_LIMITS: ResourceLimits = { stackSizeMb: 16, maxOldGenerationSizeMb: 4_096 };
