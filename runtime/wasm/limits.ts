/** Logical stack of one frame in bytes (design, section 3). Native frames were measured at 1.03 times the logical. */
export const STACK_BYTES_PER_FRAME: number = 256 * 1024;

/** Logical stack of all nested frames of a transaction, which share one native stack. */
export const STACK_BYTES_PER_TRANSACTION: number = 1024 * 1024;
