import { InvalidInput } from "@delchain/runtime";
import type { InvalidField } from "./rlpFields.ts";

/** Why bytes are no transaction of this chain, whatever its state: nobody may list one in a block. */
export type InvalidTransaction =
  | { readonly code: "TRANSACTION_EMPTY" }
  | { readonly code: "TRANSACTION_TOO_LARGE"; readonly length: number; readonly limit: number }
  | { readonly code: "TRANSACTION_TYPE"; readonly type: number }
  | InvalidField
  | { readonly code: "CHAIN_ID_MISSING"; readonly v: bigint }
  | { readonly code: "CHAIN_ID"; readonly chainId: bigint; readonly expected: bigint }
  | { readonly code: "NONCE_TOO_HIGH"; readonly nonce: bigint; readonly limit: bigint }
  | { readonly code: "SIGNATURE_PARITY"; readonly yParity: bigint }
  | { readonly code: "SIGNATURE_RANGE"; readonly field: "r" | "s"; readonly value: bigint }
  | { readonly code: "SIGNATURE_NOT_LOW"; readonly s: bigint; readonly limit: bigint }
  | { readonly code: "SIGNER_UNKNOWN" }
  | { readonly code: "GAS_LIMIT_TOO_LOW"; readonly gasLimit: bigint; readonly needed: bigint }
  | { readonly code: "GAS_LIMIT_TOO_HIGH"; readonly gasLimit: bigint; readonly limit: bigint }
  | { readonly code: "TIP_ABOVE_FEE"; readonly tip: bigint; readonly fee: bigint }
  | { readonly code: "COST_OVERFLOW"; readonly cost: bigint }
  | { readonly code: "INIT_CODE_TOO_LARGE"; readonly length: number; readonly limit: number };

export function invalidTransaction(
  facts: InvalidTransaction,
  message: string,
): InvalidInput<InvalidTransaction> {
  return new InvalidInput(facts, message);
}
