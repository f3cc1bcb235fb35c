import type { Address } from "../types/address.ts";
import type { Log } from "../types/result.ts";

/** One frame of a transaction with the frames that it opened, whatever their tiers. */
export type CallTrace = {
  readonly kind:
    | "call"
    | "static"
    | "delegate"
    | "callcode"
    | "create"
    | "create2"
    | "selfdestruct";
  readonly from: Address;
  readonly to: Address | undefined;
  readonly value: bigint;
  readonly gasLimit: bigint;
  readonly gasUsed: bigint;
  readonly input: Uint8Array;
  readonly output: Uint8Array;
  readonly status: "success" | "revert" | "halt";
  /** Why it halted, by the engine's name. */
  readonly reason: string | undefined;
  readonly logs: readonly Log[];
  readonly calls: readonly CallTrace[];
};
