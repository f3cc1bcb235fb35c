/** Logical stack of one frame in bytes (design, section 3). Native frames were measured at 1.03 times the logical. */
export const STACK_BYTES_PER_FRAME: number = 256 * 1024;

/** Logical stack of all nested frames of a transaction, which share one native stack. */
export const STACK_BYTES_PER_TRANSACTION: number = 1024 * 1024;

/**
 * What a thread that runs this tier needs as `resourceLimits.stackSizeMb`: 1 MiB of logical stack, the engine's and
 * the host's own frames between 64 nested contracts, and room for an engine that spills twice as much.
 */
export const NATIVE_STACK_MEGABYTES: number = 16;

/** Pages of 64 KiB open at one time in a transaction, over all its frames: 64 MiB. */
export const TRANSACTION_PAGES: number = 1_024;

/** Compiled modules that are kept; a warm devnet or a busy block uses some dozens. */
export const COMPILED_MODULES_MAX: number = 256;

/** Their instrumented bytes; the engine keeps about three times as much in code and tables. */
export const COMPILED_BYTES_MAX: number = 64 * 1024 * 1024;

/** Slots that one frame may hold in its write cache: 64 bytes each, and real contracts touch some dozens. */
export const STORAGE_CACHE_SLOTS: number = 16_384;
