/** Facts of an error: a code and exactly what belongs to it. */
export type ErrorFacts = { readonly code: string };

/**
 * The sender is wrong: a bad nonce, a module over a limit, a malformed frame. `facts` holds the code and its
 * numbers for programs; `message` says what happened, which limit, and what to do, for people.
 */
export class InvalidInput<Facts extends ErrorFacts = ErrorFacts> extends Error {
  override readonly name = "InvalidInput";
  readonly facts: Facts;

  constructor(facts: Facts, message: string) {
    super(message);
    this.facts = facts;
  }
}

/**
 * This machine is in trouble: disk full, engine gone, deadline of ours passed. Never a contract's result: the
 * work is tried again, or the node steps back and does not vote.
 */
export class Unavailable extends Error {
  override readonly name = "Unavailable";
  /** Which part of the machine: `docker`, `store`, `evm`. */
  readonly part: string;

  constructor(part: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.part = part;
  }
}

/** A bug of ours: the node stops rather than go on from a state that it cannot explain. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(`broken invariant: ${message}`);
}
