import { type Address, BaseError, type Client, type Hash, type TransactionReceipt } from "viem";
import { getTransactionReceipt } from "viem/actions";
import { quantity, request } from "./request.ts";
import type { RpcCall } from "./rpcSchema.ts";

/** Where a call is on its way. A call of the evm and wasm tiers goes from `pending` to its result. */
export type CallPhase = "pending" | "ordered" | "executing" | "attested";
/**
 * A phase, or how the call ended: containers with `success`, `revert`, `halt`, `diverged` (the committee did not agree)
 * or `timedOut`, all other calls with `success` or `failure`.
 */
export type CallStatus =
  | CallPhase
  | "success"
  | "failure"
  | "revert"
  | "halt"
  | "diverged"
  | "timedOut";

/** A transaction of any tier from its order to its result; what is not known yet is `undefined`. */
export type Call = {
  readonly hash: Hash;
  readonly from: Address;
  readonly contract: Address | undefined;
  readonly tier: "evm" | "wasm" | "container" | undefined;
  readonly status: CallStatus;
  /** The block that ordered it, and the one that lists it with its receipt: the same but for containers. */
  readonly orderedIn: bigint | undefined;
  readonly resultIn: bigint | undefined;
  /** keccak-256 of chain id, ordering block and queue index: containers only. */
  readonly callId: Hash | undefined;
  readonly queueIndex: bigint | undefined;
  /** What its committee signed for the results; of other tiers, of the encoded receipt. */
  readonly resultHash: Hash | undefined;
  readonly gasUsed: bigint | undefined;
  /** In wei per gas. */
  readonly effectiveGasPrice: bigint | undefined;
  /** The result of a call whose hosts' numbers were aggregated, as the ABI encodes the integer. */
  readonly median: Hash | undefined;
};

const PHASES: ReadonlySet<string> = new Set<CallPhase>([
  "pending",
  "ordered",
  "executing",
  "attested",
]);

/** Whether the call has its receipt. */
export function isSettled({ status }: Pick<Call, "status">): boolean {
  return !PHASES.has(status);
}

/** A transaction of any tier; `undefined` when the node does not know it. */
export async function getCall(client: Client, { hash }: { hash: Hash }): Promise<Call | undefined> {
  const found = await request(client, "del_getCall", [hash]);
  return found === null ? undefined : readCall(found);
}

export type WatchCall = {
  readonly hash: Hash;
  /** Told each status once, the last one with the result. A phase that took no time may be left out. */
  readonly onStatus: (call: Call) => void;
  /** Told of requests that failed; watching goes on. */
  readonly onError?: (error: Error) => void;
  /** Milliseconds between questions; the client's unless given. */
  readonly pollingInterval?: number;
};

/** Follows a call until it is settled, or until the returned function is called. */
export function watchCall(client: Client, options: WatchCall): () => void {
  const { hash, onStatus, onError, pollingInterval = client.pollingInterval } = options;
  let last: CallStatus | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isWatching = true;
  const look = async (): Promise<void> => {
    const call = await getCall(client, { hash }).catch((error: Error) => onError?.(error));
    if (!isWatching) return;
    if (call && call.status !== last) {
      last = call.status;
      onStatus(call);
    }
    if (isWatching && !(call && isSettled(call))) timer = setTimeout(look, pollingInterval);
  };
  void look();
  return () => {
    isWatching = false;
    clearTimeout(timer);
  };
}

export type WaitForCall = Pick<WatchCall, "hash" | "pollingInterval"> & {
  readonly onStatus?: (call: Call) => void;
  /** Milliseconds after which waiting ends with `CallNotSettledError`. */
  readonly timeout?: number;
};

/** A container that starts cold on a loaded machine takes seconds; viem waits as long for a receipt. */
const TIMEOUT_MS = 180_000;

/** The call is still on its way: it is not lost, and may be waited for again. */
export class CallNotSettledError extends BaseError {
  constructor(hash: Hash, status: CallStatus | undefined, timeout: number, cause?: Error) {
    const state = status === undefined ? "the node does not know it" : `it is ${status}`;
    super(`Call ${hash} has no result after ${timeout} ms: ${state}.`, {
      ...(cause && { cause }),
      metaMessages: ["An ordered call is settled sooner or later: wait for it again."],
      name: "CallNotSettledError",
    });
  }
}

/**
 * Waits until a call has its result and resolves to it with its receipt; a call that failed is a result too. Throws
 * `CallNotSettledError`.
 */
export function waitForCall(
  client: Client,
  { hash, onStatus, timeout = TIMEOUT_MS, ...rest }: WaitForCall,
): Promise<{ readonly call: Call; readonly receipt: TransactionReceipt }> {
  return new Promise((resolve, reject) => {
    let status: CallStatus | undefined;
    let trouble: Error | undefined;
    const settle = (call: Call): void => {
      clearTimeout(timer);
      getTransactionReceipt(client, { hash }).then((receipt) => resolve({ call, receipt }), reject);
    };
    const stop = watchCall(client, {
      hash,
      ...rest,
      onStatus: (call) => {
        status = call.status;
        onStatus?.(call);
        if (isSettled(call)) settle(call);
      },
      onError: (error) => {
        trouble = error;
      },
    });
    const timer = setTimeout(() => {
      stop();
      reject(new CallNotSettledError(hash, status, timeout, trouble));
    }, timeout);
  });
}

function readCall(call: RpcCall): Call {
  return {
    hash: call.transactionHash,
    from: call.from,
    contract: call.contract ?? undefined,
    tier: call.tier ?? undefined,
    status: call.status,
    orderedIn: quantity(call.orderedIn),
    resultIn: quantity(call.resultIn),
    callId: call.callId ?? undefined,
    queueIndex: quantity(call.queueIndex),
    resultHash: call.resultHash ?? undefined,
    gasUsed: quantity(call.gasUsed),
    effectiveGasPrice: quantity(call.effectiveGasPrice),
    median: call.median ?? undefined,
  };
}
