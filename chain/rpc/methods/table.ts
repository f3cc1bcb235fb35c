import type { RpcLimits } from "../limits.ts";
import type { Method } from "../method.ts";
import { CHEAT_METHODS } from "./cheats.ts";
import { DEBUG_METHODS } from "./debug.ts";
import { DEBUG_RAW_METHODS } from "./debugRaw.ts";
import { DEL_METHODS } from "./del.ts";
import { ETH_CALL_METHODS } from "./ethCalls.ts";
import { ETH_CHAIN_METHODS } from "./ethChain.ts";
import { ethFeeMethods } from "./ethFees.ts";
import { ethLogMethods } from "./ethLogs.ts";
import { ETH_STATE_METHODS } from "./ethState.ts";
import { ETH_TRANSACTION_METHODS } from "./ethTransactions.ts";
import { NODE_METHODS } from "./node.ts";

/** Every method that the node answers; any other name is -32601. A `Map`, so that `constructor` is no method. */
export function methodTable(limits: RpcLimits): ReadonlyMap<string, Method> {
  return new Map(
    Object.entries({
      ...ETH_CHAIN_METHODS,
      ...ETH_STATE_METHODS,
      ...ETH_TRANSACTION_METHODS,
      ...ETH_CALL_METHODS,
      ...ethFeeMethods(limits),
      ...ethLogMethods(limits),
      ...NODE_METHODS,
      ...DEL_METHODS,
      ...CHEAT_METHODS,
      ...DEBUG_METHODS,
      ...DEBUG_RAW_METHODS,
    }),
  );
}
