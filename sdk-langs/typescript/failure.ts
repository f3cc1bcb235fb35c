import type { Abi, AbiFunction, Client, Hash } from "viem";
import { getAttestations } from "./attestations.ts";
import { getCall } from "./call.ts";
import { describeCause } from "./causes.ts";
import { describeDifference } from "./difference.ts";
import { type ExplainedCause, waitForExplanation } from "./explanation.ts";

/** What a container met, by the code that its hosts attest (runtime/container/result.ts). */
const HALTS: Readonly<Record<string, string>> = {
  memory: "it used more memory than its manifest's resources allow",
  pids: "it started more processes than its manifest's resources allow",
  fileSize: "it wrote a larger file than its manifest's resources allow",
  signal: "its process was ended by a signal, as by a fault in memory or an abort",
  exit: "its process ended before it had a result",
  protocolError: "it broke the frame protocol, as by writing to the host's stream",
  outOfGas: "its gas was used up",
};

export type ExplainFailure = {
  readonly hash: Hash;
  /** With it, values are told by the names of the contract's functions and events. */
  readonly abi?: Abi;
  readonly functionName?: string;
  /** Milliseconds to wait for a node that is finding out why replicas differed; one minute unless given. */
  readonly timeout?: number;
};

/**
 * Why a settled container call failed, in words: what its replicas did differently and why, or what made it halt.
 * `undefined` for a call that succeeded or is on its way, and for other tiers, whose reasons `eth_call` tells.
 */
export async function explainFailure(
  client: Client,
  options: ExplainFailure,
): Promise<string | undefined> {
  const { hash } = options;
  const call = await getCall(client, { hash });
  switch (call?.status) {
    case "revert":
      return "it reverted when its turn came: calls before it had changed what it met";
    case "timedOut":
      return "its hosts had no result by the deadline; its value is returned";
    case "halt": {
      const judged = await getAttestations(client, { hash });
      const code = judged?.haltCodes.get(call.queueIndex ?? -1n);
      return code === undefined ? "it halted" : `it halted (${code}): ${HALTS[code] ?? code}`;
    }
    case "diverged":
      return `its replicas did not agree: ${await explainDivergence(client, options)}`;
    default:
      return undefined;
  }
}

const ADVICE =
  "what differs between machines (time, randomness, order, addresses) must not reach a result";

/** What the node found out, or where the committee's members first differed when it has nothing to say. */
async function explainDivergence(client: Client, options: ExplainFailure): Promise<string> {
  const { abi = [], functionName } = options;
  const called = abi.find(
    (entry): entry is AbiFunction => entry.type === "function" && entry.name === functionName,
  );
  const explanation = await waitForExplanation(client, options).catch(() => undefined);
  const [strongest] = explanation?.causes ?? [];
  if (strongest !== undefined) {
    const causes = explanation?.causes.map(causeText).join("; ");
    return `${describeDifference(strongest, abi, called)}; the cause is ${causes}`;
  }
  const { difference } = (await getAttestations(client, options)) ?? {};
  if (difference === undefined) return ADVICE;
  return `${describeDifference({ ...difference, results: undefined })}; ${ADVICE}`;
}

function causeText({ cause, isGuess }: ExplainedCause): string {
  const { what, instead } = describeCause(cause);
  return `${isGuess ? "probably " : ""}${what} (${cause}): ${instead}`;
}
