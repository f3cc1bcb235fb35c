import type { StateEdit } from "../transition/editState.ts";
import type { SignedTransaction } from "../tx/transaction.ts";

/**
 * What a block of a chain with cheats may hold instead of content: writes to the state, or a transaction of an
 * account that has not signed it and pays no fee.
 */
export type Cheat =
  | { readonly edits: readonly StateEdit[] }
  | { readonly impersonated: SignedTransaction };
