/** One line of the tour: a contract, a call to it, and what the chain made of it. `--json` prints it as it is. */
export type Row = {
  readonly contract: string;
  readonly language: string;
  readonly tier: string;
  readonly driver: string;
  readonly address: string;
  readonly call: string;
  readonly result: string;
  readonly gas: number | null;
  /** The block that ordered the call. */
  readonly orderedIn: number | null;
  /** The block that holds its result: the same one, but for containers. */
  readonly resultIn: number | null;
  readonly resultHash: string;
  /** `ok`, `failed`, or `left out`; why, and what to do, is in `result`. */
  readonly status: "ok" | "failed" | "left out";
};

export type RowHead = Pick<Row, "contract" | "language" | "tier" | "driver">;

/** What a row has when its contract did what was expected. */
export type RowBody = Omit<Row, keyof RowHead | "status">;

export function settledRow(head: RowHead, body: RowBody): Row {
  const { address, call, result, gas, orderedIn, resultIn, resultHash } = body;
  // In the order in which people read it.
  const facts = { address, call, result, gas, orderedIn, resultIn, resultHash };
  return { ...head, ...facts, status: "ok" };
}

export function leftOut(head: RowHead, reason: string): Row {
  return { ...settledRow(head, nothing(reason)), status: "left out" };
}

export function failed(head: RowHead, error: unknown): Row {
  const reason = error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error);
  return { ...settledRow(head, nothing(reason)), status: "failed" };
}

function nothing(result: string): RowBody {
  const none = { gas: null, orderedIn: null, resultIn: null };
  return { address: "", call: "", result, ...none, resultHash: "" };
}
