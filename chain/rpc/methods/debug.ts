import {
  type CallProfile,
  type Hash,
  InvalidInput,
  type QueryOutcome,
  type TransactionOutcome,
} from "@delchain/runtime";
import { toExecutable } from "../../tx/executable.ts";
import type { ChainQuery } from "../backend.ts";
import { blockTag, LATEST, resolveNumber } from "../blockTag.ts";
import { callRequest, toQueryTransaction } from "../callRequest.ts";
import { quantityHex } from "../format.ts";
import { type MethodTable, method, type RequestContext } from "../method.ts";
import { hash, optional } from "../params.ts";
import { type ProfileRequest, profileRequest } from "../profileRequest.ts";
import { notFound, RPC_CODES, RpcError } from "../rpcErrors.ts";

const OPTIONS = profileRequest("options");

/** geth's names for running a call again to look into it, with a tracer of ours, on a chain for tests. */
export const DEBUG_METHODS: MethodTable = {
  debug_traceCall: method(
    [callRequest("transaction"), optional(blockTag("block"), LATEST), OPTIONS],
    async (context, request, tag, { codes }) => {
      const { backend } = context;
      requireTestChain(context);
      const block = await resolveNumber(backend, tag);
      const limit = request.gasLimit ?? backend.limits.queryGas;
      const transaction = toQueryTransaction(request, backend.chainId, limit);
      return shown(
        await backend.query({ transaction, unchecked: true, trace: false, block, profile: codes }),
      );
    },
  ),
  debug_traceTransaction: method(
    [hash("transaction hash"), OPTIONS],
    async (context, wanted, options) => {
      requireTestChain(context);
      return shown(await runAgain(context, wanted, options));
    },
  ),
};

function requireTestChain({ backend }: RequestContext): void {
  if (backend.cheats) return;
  const message = `this method is of chains for tests, which chain ${backend.chainId} is not. Start one with: delchain devnet`;
  throw new RpcError(RPC_CODES.methodNotFound, message);
}

/** On the state that its block began with and behind what its block ran before it, in its block's surroundings. */
async function runAgain(
  { backend }: RequestContext,
  wanted: Hash,
  { codes }: ProfileRequest,
): Promise<QueryOutcome> {
  const found = await backend.findTransaction(wanted);
  if (found?.where !== "listed") throw notFound(`no block lists transaction ${wanted}`);
  const { block, index } = found;
  const { header, transactions } = block.block;
  const [transaction, ...before] = transactions
    .slice(0, index + 1)
    .map(toExecutable)
    .reverse();
  if (transaction === undefined) throw notFound(`no block lists transaction ${wanted}`);
  const { number } = header;
  const base = { trace: false, block: number, stateAt: number - 1n, profile: codes };
  const query = { ...base, transaction, before: before.reverse() };
  const ran = await runAsSent(backend.query.bind(backend), query);
  checkGas(transactions, block.receipts, [...ran.before, ran.outcome]);
  return ran;
}

/** What a container's certificate changed in the block is not run again, so that gas may differ. Throws `RpcError`. */
export function checkGas(
  transactions: readonly { readonly hash: Hash }[],
  receipts: readonly { readonly gasUsed: bigint }[],
  outcomes: readonly TransactionOutcome[],
): void {
  outcomes.forEach((outcome, i) => {
    const used = receipts[i]?.gasUsed;
    if (outcome.status !== "invalid" && outcome.gasUsed === used) return;
    const why = outcome.status === "invalid" ? outcome.reason : `it used ${outcome.gasUsed} gas`;
    throw new RpcError(
      RPC_CODES.methodNotSupported,
      `transaction ${transactions[i]?.hash} used ${used} gas, and run again ${why}: its block held more than transactions that are run again, such as a container's results`,
    );
  });
}

/**
 * An impersonated account's transaction is none that its account could send, and a message's value comes from MESSAGES,
 * which gives it as the message begins.
 */
async function runAsSent(
  query: (query: ChainQuery) => Promise<QueryOutcome>,
  asked: Omit<ChainQuery, "unchecked">,
): Promise<QueryOutcome> {
  const { transaction, before = [] } = asked;
  const isMessage = [...before, transaction].some(({ origin }) => origin !== undefined);
  if (isMessage) return query({ ...asked, unchecked: true });
  const ran = await query({ ...asked, unchecked: false });
  const isSent = [...ran.before, ran.outcome].every(({ status }) => status !== "invalid");
  return isSent ? ran : query({ ...asked, unchecked: true });
}

/** Ink is a JSON number: it is below 2^53. */
function shown({ outcome, profile }: QueryOutcome): object {
  if (outcome.status === "invalid" || profile === undefined) {
    const reason = outcome.status === "invalid" ? outcome.reason : "it has no profile";
    throw new InvalidInput({ code: "NOT_PROFILED" }, `the call was not run: ${reason}`);
  }
  const { intrinsicGas, refundedGas, floorGas, codes, failure }: CallProfile = profile;
  return {
    status: outcome.status,
    gasUsed: quantityHex(outcome.gasUsed),
    intrinsicGas: quantityHex(intrinsicGas),
    refundedGas: quantityHex(refundedGas),
    floorGas: quantityHex(floorGas),
    codes: codes.map(({ table, ...rest }) => ({ table: table ?? null, ...rest })),
    failure: failure.map(({ table, ...rest }) => ({ table: table ?? null, ...rest })),
  };
}
