import type { TransactionOutcome } from "@delchain/runtime";

/** What a value transfer leaves its receiver to run with (Yellow Paper, appendix G). */
const CALL_STIPEND = 2_300n;

/** An answer is at most this much over the least gas that suffices, in thousandths: geth's bound. */
export const ESTIMATE_EXCESS_PERMILLE = 15n;

/** No call can need less (Yellow Paper, appendix G: `G_transaction`). */
const GAS_MIN = 21_000n;

export type GasSearch =
  | { readonly gas: bigint }
  /** How it ended with all the gas that there is: no limit would do. */
  | { readonly failed: Exclude<TransactionOutcome, { readonly status: "success" }> };

/**
 * A gas limit with which the call succeeds. Exactly the least one when what the call uses is also enough to start
 * with; else, where calls hold back a 64th (EIP-150) or refunds come after, at most
 * `ESTIMATE_EXCESS_PERMILLE` over a limit that was seen to fail. Runs the call at most some 30 times.
 */
export async function searchGas(
  run: (gasLimit: bigint) => Promise<TransactionOutcome>,
  cap: bigint,
): Promise<GasSearch> {
  const first = await run(cap);
  if (first.status !== "success") return { failed: first };
  const used = first.gasUsed < GAS_MIN ? GAS_MIN : first.gasUsed;
  if (used >= cap || (await succeeds(run, used))) return { gas: used };
  let failing = used;
  let enough = cap;
  // What the call used, the stipend that a transfer wants at hand, and the 64th that a call holds back.
  const guess = ((used + CALL_STIPEND) * 64n) / 63n;
  if (guess < enough) {
    if (await succeeds(run, guess)) enough = guess;
    else failing = guess;
  }
  while ((enough - failing) * 1_000n > enough * ESTIMATE_EXCESS_PERMILLE) {
    // Most calls need little more than they use: look low first, twice the failing limit at most.
    const middle = (failing + enough) / 2n;
    const limit = middle < failing * 2n ? middle : failing * 2n;
    if (await succeeds(run, limit)) enough = limit;
    else failing = limit;
  }
  return { gas: enough };
}

async function succeeds(
  run: (gasLimit: bigint) => Promise<TransactionOutcome>,
  gasLimit: bigint,
): Promise<boolean> {
  return (await run(gasLimit)).status === "success";
}
