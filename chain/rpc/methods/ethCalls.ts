import {
  CODE_KINDS,
  decodeStoredCode,
  type ExecutionResult,
  type TransactionOutcome,
  toHex,
} from "@delchain/runtime";
import type { Backend, ChainQuery } from "../backend.ts";
import { blockTag, LATEST, resolveNumber } from "../blockTag.ts";
import { type CallRequest, callRequest, toQueryTransaction } from "../callRequest.ts";
import { quantityHex } from "../format.ts";
import { searchGas } from "../gasSearch.ts";
import { type MethodTable, method } from "../method.ts";
import { BLOCK_OVERRIDES, STATE_OVERRIDES } from "../overrides.ts";
import { optional } from "../params.ts";
import { outputOf, RPC_CODES, RpcError, revertedError } from "../rpcErrors.ts";

const CALL = callRequest("transaction");
const BLOCK = optional(blockTag("block"), LATEST);

/** Calls that leave no trace. */
export const ETH_CALL_METHODS: MethodTable = {
  eth_call: method(
    [CALL, BLOCK, STATE_OVERRIDES, BLOCK_OVERRIDES],
    async ({ backend }, request, block, overrides, blockOverride) => {
      const number = await resolveNumber(backend, block);
      const surroundings = { block: number, overrides, blockOverride };
      await checkFunds(backend, request, surroundings);
      const { run } = await runnerFor(backend, request, surroundings);
      return toHex(outputOf(await run(gasFor(backend, request))));
    },
  ),
  eth_estimateGas: method(
    [CALL, BLOCK, STATE_OVERRIDES, BLOCK_OVERRIDES],
    async ({ backend }, request, tag, overrides, blockOverride) => {
      const block = await resolveNumber(backend, tag);
      return quantityHex(await estimateGas(backend, request, { block, overrides, blockOverride }));
    },
  ),
};

/** The block that a call runs on, and what it finds otherwise. */
type Surroundings = Pick<ChainQuery, "block" | "overrides" | "blockOverride">;

type Runner = {
  readonly toContainer: boolean;
  readonly run: (gasLimit: bigint) => Promise<TransactionOutcome>;
};

/** Calls of containers go to a replica, all others to the executor. */
async function runnerFor(
  backend: Backend,
  request: CallRequest,
  surroundings: Surroundings,
  isNext = false,
): Promise<Runner> {
  const toContainer = await isContainer(backend, request, surroundings);
  if (toContainer && isChanged(surroundings)) {
    const message = `${request.to} is a container, whose hosts know no overrides; call it without`;
    throw new RpcError(RPC_CODES.methodNotSupported, message);
  }
  const run: Runner["run"] = async (gasLimit) => {
    const transaction = toQueryTransaction(request, backend.chainId, gasLimit);
    const query = { transaction, unchecked: true, trace: false, isNext, ...surroundings };
    return toContainer ? backend.queryContainer(query) : (await backend.query(query)).outcome;
  };
  return { toContainer, run };
}

function isChanged({ overrides = [], blockOverride = {} }: Surroundings): boolean {
  return overrides.length > 0 || Object.keys(blockOverride).length > 0;
}

async function isContainer(
  backend: Backend,
  { to }: CallRequest,
  { block, overrides = [] }: Surroundings,
): Promise<boolean> {
  if (to === undefined) return false;
  if (overrides.some(({ address, code }) => address === to && code !== undefined)) return false;
  return decodeStoredCode(await backend.code(to, block))?.kind === CODE_KINDS.container;
}

/** More gas than the node gives is cut to what it gives, as every node does. */
function gasFor(backend: Backend, { gasLimit }: CallRequest): bigint {
  const { queryGas } = backend.limits;
  return gasLimit === undefined || gasLimit > queryGas ? queryGas : gasLimit;
}

/** The value moves even in a call that pays no fee, so it must be there. */
async function checkFunds(
  backend: Backend,
  request: CallRequest,
  { block, overrides = [] }: Surroundings,
): Promise<bigint> {
  const { from, value, maxFeePerGas } = request;
  if (value === 0n && (maxFeePerGas ?? 0n) === 0n) return 0n;
  const given = overrides.find(({ address }) => address === from)?.balance;
  const balance = given ?? (await backend.account(from, block))?.balance ?? 0n;
  if (balance >= value) return balance;
  const message = `insufficient funds for transfer: ${from} has ${balance} wei and wants to send ${value}`;
  throw new RpcError(RPC_CODES.invalidInput, message);
}

/**
 * The gas limit to send a transaction with. For a container call it is what the call's receipt would say: its
 * price does not depend on the limit. Throws the revert's or halt's error when no limit would do.
 */
export async function estimateGas(
  backend: Backend,
  request: CallRequest,
  surroundings: Surroundings,
): Promise<bigint> {
  const balance = await checkFunds(backend, request, surroundings);
  // What keeps its block's number, or a time, pays for other bytes in block 0 than in the next.
  const { toContainer, run } = await runnerFor(backend, request, surroundings, true);
  const { transactionGas } = backend.limits;
  let cap = gasFor(backend, request);
  if (cap > transactionGas) cap = transactionGas;
  const allowance = allowanceOf(request, balance);
  if (allowance !== undefined && allowance < cap) cap = allowance;
  if (toContainer) {
    const outcome = await run(cap);
    outputOf(outcome);
    return (outcome as ExecutionResult).gasUsed;
  }
  const search = await searchGas(run, cap);
  if ("gas" in search) return search.gas;
  const { failed } = search;
  if (failed.status === "revert") throw revertedError(failed.output);
  const why = failed.reason;
  const message = `gas required exceeds allowance (${cap}): the call fails with all of it: ${why}`;
  throw new RpcError(RPC_CODES.invalidInput, message, { reason: why });
}

/** The gas that the sender can pay for at the fee that it offers; `undefined` when it offers none. */
function allowanceOf({ maxFeePerGas, value }: CallRequest, balance: bigint): bigint | undefined {
  if (maxFeePerGas === undefined || maxFeePerGas === 0n) return undefined;
  return (balance - value) / maxFeePerGas;
}
