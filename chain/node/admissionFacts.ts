import { type Address, EMPTY_CODE_HASH, InvalidInput, type StateView } from "@delchain/runtime";
import type { ChainSpec } from "../spec/spec.ts";
import { checkOrderable, type NotOrderable } from "../transition/orderRules.ts";
import { isContainer } from "../transition/runningManifest.ts";
import type { AdmissionFacts } from "./chainAnswers.ts";

/** What admission asks of a state about transactions, in the order asked. */
export function admissionFacts(
  view: StateView & { readonly number: bigint },
  questions: readonly { readonly sender: Address; readonly to: Address | undefined }[],
  spec: ChainSpec,
): readonly AdmissionFacts[] {
  return questions.map(({ sender, to }) => {
    const account = view.account(sender);
    return {
      block: view.number,
      sender: {
        nonce: account?.nonce ?? 0n,
        balance: account?.balance ?? 0n,
        hasCode: account !== undefined && account.codeHash !== EMPTY_CODE_HASH,
      },
      ...orderFacts(view, to, sender, spec),
    };
  });
}

/** Whether a transaction's target is called by ordering, and why it takes no call of this sender now. */
function orderFacts(
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
