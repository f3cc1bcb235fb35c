import type { Weights } from "../weights.ts";
import type { ModuleLimits } from "./limits.ts";
import type { ModuleParts } from "./moduleParts.ts";

/** The rules that one kind of module is held to. */
export type InstrumentPolicy = {
  readonly limits: ModuleLimits;
  readonly weights: Weights;
  /** Pages of memory that may be open in one transaction, over all its frames. */
  readonly transactionPages: number;
  /** Throws `InvalidInput<InvalidModule>` for imports and exports that are not allowed. */
  readonly checkBoundary: (parts: ModuleParts) => void;
};
