import { type Address, InvalidInput, type StateView } from "@delchain/runtime";
import type { ChainSpec } from "../spec/spec.ts";
import { checkOrderable, type NotOrderable } from "../transition/orderRules.ts";
import { isContainer } from "../transition/runningManifest.ts";
import type { AdmissionFacts } from "./chainAnswers.ts";

/** Whether a transaction's target is called by ordering, and why it takes no call of this sender now. */
export function orderFacts(
  view: StateView,
  to: Address | undefined,
  sender: Address,
  spec: ChainSpec,
): Pick<AdmissionFacts, "isContainer" | "notOrderable"> {
  if (to === undefined || !isContainer(view, to)) {
    return { isContainer: false, notOrderable: undefined };
  }
  try {
    checkOrderable(view, to, sender, spec);
    return { isContainer: true, notOrderable: undefined };
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    const { facts, message } = error as InvalidInput<NotOrderable>;
    return { isContainer: true, notOrderable: { facts, message } };
  }
}
