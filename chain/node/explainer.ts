import type { Address, Hash } from "@delchain/runtime";
import type { ExplainedCall } from "../rpc/backend.ts";
import type { HostedBatch, Hosting } from "./hosting.ts";
import type { Log } from "./log.ts";

/** Explanations that a node keeps, newest first to come and last to go; each has two results of a call. */
export const EXPLANATIONS_KEPT = 64;

export type ExplainerParts = {
  readonly hosting: Pick<Hosting, "explain">;
  /** Tells people what was found, with what the contract prints. */
  readonly tell: (contract: Address, text: string) => void;
  readonly log: Log;
};

/**
 * Finds out on a devnet why a call's replicas differed, after its certificate and beside everything else: one call at
 * a time, and a call that comes meanwhile is left unexplained. Nothing waits for it and nothing depends on it.
 */
export class Explainer {
  readonly #parts: ExplainerParts;
  readonly #known = new Map<Hash, ExplainedCall>();
  #isBusy = false;

  constructor(parts: ExplainerParts) {
    this.#parts = parts;
  }

  /** Begins to explain a call by itself, and returns at once. */
  explain(transaction: Hash, batch: HostedBatch): void {
    if (this.#isBusy) {
      const reason = "another call was being explained; send it again for its explanation";
      this.#keep(transaction, { state: "dropped", reason });
      return;
    }
    this.#isBusy = true;
    this.#keep(transaction, { state: "running" });
    void this.#explain(transaction, batch).finally(() => {
      this.#isBusy = false;
    });
  }

  /** `undefined` for a call whose replicas did not differ here, or long ago. */
  explanationOf(transaction: Hash): ExplainedCall | undefined {
    return this.#known.get(transaction);
  }

  async #explain(transaction: Hash, batch: HostedBatch): Promise<void> {
    const { hosting, tell, log } = this.#parts;
    const contract = batch.contract.address;
    try {
      const { calls, runs, untried } = await hosting.explain(batch);
      const [finding] = calls;
      if (finding === undefined) throw new Error("broken invariant: one call has one finding");
      this.#keep(transaction, { state: "explained", finding, runs, untried });
      const causes = finding.causes.map(({ cause }) => cause).join(", ") || "unknown";
      tell(contract, `replicas of transaction ${transaction} differed; the cause is: ${causes}`);
    } catch (error) {
      const reason = (error as Error).message;
      log.warn({ contract, transaction }, `a divergence was not explained: ${reason}`);
      this.#keep(transaction, { state: "dropped", reason });
    }
  }

  #keep(transaction: Hash, explained: ExplainedCall): void {
    this.#known.delete(transaction);
    this.#known.set(transaction, explained);
    const [oldest] = this.#known.keys();
    if (this.#known.size > EXPLANATIONS_KEPT && oldest) this.#known.delete(oldest);
  }
}
