import type { Abi, Hex } from "viem";

/** The selector of `delchain_constructor()` (runtime/container/PROTOCOL.md, "Constructor"). */
const CONSTRUCT: Hex = "0x8fd5c432";

/**
 * The calldata that runs a container's constructor, with the arguments that its creation was given; `undefined` where the
 * creation has run it. It is there for whoever wants the constructor's receipt: any first call constructs too.
 */
export function constructionCall(contract: {
  readonly tier: string;
  readonly abi: Abi;
}): Hex | undefined {
  const isLater =
    contract.tier === "container" && contract.abi.some(({ type }) => type === "constructor");
  return isLater ? CONSTRUCT : undefined;
}
