/** One line of the tour: a contract, a call to it, and what the chain made of it. */
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

export function leftOut(head: RowHead, reason: string): Row {
  return { ...head, ...NOTHING, result: reason, status: "left out" };
}

export function failed(head: RowHead, error: unknown): Row {
  const reason = error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error);
  return { ...head, ...NOTHING, result: reason, status: "failed" };
}

const NOTHING = {
  address: "",
  call: "",
  gas: null,
  orderedIn: null,
  resultIn: null,
  resultHash: "",
};
