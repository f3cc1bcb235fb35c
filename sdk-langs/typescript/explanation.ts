import type { Client, Hash, Hex } from "viem";
import { request } from "./request.ts";
import type { RpcExplanation, RpcFoundCause } from "./rpcSchema.ts";

/** What a call came to in one replica. */
export type ReplicaResult = {
  readonly status: string;
  readonly output: Hex;
  readonly logs: readonly { readonly topics: readonly Hex[]; readonly data: Hex }[];
};

/** A place in which replicas differ, with both values: `output byte 32`, `log 0 topic 1`, `storage 0x…`. */
export type ReplicaDifference = {
  readonly where: string;
  readonly left: string;
  readonly right: string;
  /** The results as a whole; `undefined` where they are too long. */
  readonly results: readonly [left: ReplicaResult, right: ReplicaResult] | undefined;
};

export type ExplainedCause = ReplicaDifference & {
  /** `time`, `random`, `warmState` …; `describeCause` has the words. */
  readonly cause: string;
  /** Seen in the values alone. */
  readonly isGuess: boolean;
};

/** Why replicas of a call differed. */
export type Explanation = {
  /** `strictOnly`: under strict determinism they would not. */
  readonly verdict: "deterministic" | "strictOnly" | "diverges";
  /** The strongest first. */
  readonly causes: readonly ExplainedCause[];
  /** What the result depends on besides, which every host promises alike. */
  readonly reliesOn: readonly ExplainedCause[];
  /** Containers that were started to find out. */
  readonly runs: number;
  readonly untried: readonly { readonly cause: string; readonly reason: string }[];
};

/** How far a node is with explaining a call. */
export type ExplanationState =
  | { readonly state: "running" }
  | { readonly state: "dropped"; readonly reason: string }
  | ({ readonly state: "explained" } & Explanation);

/** Asked of nodes that explain: a devnet does. */
const POLL_MS = 250;
/** A node is done after some ten seconds, and on a loaded machine after several times that. */
const TIMEOUT_MS = 60_000;

/** What a node has found out about a call whose replicas differed; `undefined` for all others, and after a while. */
export async function getExplanation(
  client: Client,
  { hash }: { hash: Hash },
): Promise<ExplanationState | undefined> {
  const found = await request(client, "del_explainCall", [hash]);
  return found === null ? undefined : readExplanation(found);
}

/** Waits while the node explains a call, for `timeout` milliseconds; `undefined` when it has nothing to say. */
export async function waitForExplanation(
  client: Client,
  { hash, timeout = TIMEOUT_MS }: { hash: Hash; timeout?: number },
): Promise<Explanation | undefined> {
  const until = Date.now() + timeout;
  for (;;) {
    const found = await getExplanation(client, { hash });
    if (found?.state === "explained") return found;
    if (found?.state !== "running" || Date.now() >= until) return undefined;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

function readExplanation(found: RpcExplanation): ExplanationState {
  if (found.state !== "explained") return found;
  const { causes, reliesOn, ...rest } = found;
  return { ...rest, causes: causes.map(readCause), reliesOn: reliesOn.map(readCause) };
}

function readCause({ results, ...cause }: RpcFoundCause): ExplainedCause {
  return { ...cause, results: results ?? undefined };
}
