/** Names under which an instrumented module shows the host what the pass added; a module's own may not begin so. */
export const RESERVED_PREFIX = "delchain:";

export const METER_EXPORTS = {
  gas: "delchain:gas",
  stack: "delchain:stack",
  pages: "delchain:pages",
  fault: "delchain:fault",
  /** The start function, which must not run before gas is set. */
  start: "delchain:start",
  /** The table through which a profiled module tells how far it has come. */
  profiler: "delchain:profiler",
} as const;

/**
 * Why a guest stopped, in the global `delchain:fault`. A trap that left `none` is `unreachable` when gas ran out
 * inside a function, else one of the contract's own (a division by zero, say).
 */
export const FAULTS = {
  none: 0,
  /** Gas ran out where a function was entered or memory grew. */
  gas: 1,
  stack: 2,
  /** The engine refused memory that the rules grant: this machine's trouble. */
  engine: 3,
  /** The module's own `unreachable`. */
  trap: 4,
} as const;
