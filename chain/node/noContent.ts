import { EMPTY_DIFF } from "@delchain/runtime";
import type { ExecutedContent } from "../transition/executeBlock.ts";

/** What a block comes to that holds nothing: one that a cheat alone fills. */
export const NO_CONTENT: ExecutedContent = {
  transactions: [],
  orders: [],
  entries: [],
  certificates: [],
  receipts: [],
  gasUsed: 0n,
  containerGasOrdered: 0n,
  refused: [],
  diff: EMPTY_DIFF,
};
