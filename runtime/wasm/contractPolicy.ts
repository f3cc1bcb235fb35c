import { checkContractBoundary, type HostFunctions } from "./instrument/boundary.ts";
import { CONTRACT_LIMITS } from "./instrument/limits.ts";
import type { InstrumentPolicy } from "./instrument/policy.ts";
import { type FunctionType, I32 } from "./instrument/valueTypes.ts";
import { TRANSACTION_PAGES } from "./limits.ts";
import { WEIGHTS } from "./weights.ts";

/** The calldata's length in, a status out: 0 is success, all else a revert. */
const ENTRY: FunctionType = { parameters: [I32], results: [I32] };

export const ENTRYPOINT = "user_entrypoint";
export const CONSTRUCTOR = "user_constructor";

/** The rules for contracts, which may import the functions `offered` and nothing else. */
export function contractPolicy(offered: HostFunctions): InstrumentPolicy {
  const entries = { required: { [ENTRYPOINT]: ENTRY }, optional: { [CONSTRUCTOR]: ENTRY } };
  return {
    limits: CONTRACT_LIMITS,
    weights: WEIGHTS,
    transactionPages: TRANSACTION_PAGES,
    checkBoundary: (parts) => checkContractBoundary(parts, offered, entries),
  };
}
