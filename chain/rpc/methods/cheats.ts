import { LATEST, resolveNumber } from "../blockTag.ts";
import { callRequest } from "../callRequest.ts";
import type { Cheats } from "../cheats.ts";
import { quantityHex } from "../format.ts";
import { type Method, type MethodTable, method, type RequestContext } from "../method.ts";
import {
  address,
  boolean,
  bytes,
  optional,
  type Param,
  quantity,
  slot,
  wrongParam,
} from "../params.ts";
import { RPC_CODES, RpcError } from "../rpcErrors.ts";
import { estimateGas } from "./ethCalls.ts";

const NOW: MineOptions = {};

/** `anvil_`, `hardhat_` and `evm_`: what test clients of other tools call, on a chain that lets them. */
export const CHEAT_METHODS: MethodTable = {
  ...underBothNames({
    setBalance: cheat([address("account"), quantity("balance")], (cheats, account, balance) =>
      cheats.edit([{ address: account, balance }]),
    ),
    setNonce: cheat([address("account"), quantity("nonce")], (cheats, account, nonce) =>
      cheats.edit([{ address: account, nonce }]),
    ),
    setCode: cheat([address("account"), bytes("code")], (cheats, account, code) =>
      cheats.edit([{ address: account, code }]),
    ),
    setStorageAt: cheat(
      [address("account"), slot("slot"), slot("value")],
      (cheats, account, key, value) =>
        cheats.edit([{ address: account, slots: [{ slot: key, value }] }]),
    ),
    impersonateAccount: cheat([address("account")], (cheats, account) =>
      cheats.impersonate(account),
    ),
    stopImpersonatingAccount: cheat([address("account")], (cheats, account) =>
      cheats.stopImpersonating(account),
    ),
    autoImpersonateAccount: cheat([boolean("on")], (cheats, isOn) => cheats.impersonateAll(isOn)),
    mine: cheat(
      [optional(count("blocks"), 1n), optional(count("seconds between"), 1n)],
      (cheats, blocks, seconds) => cheats.mine(Number(blocks), seconds),
    ),
    getAutomine: query((cheats) => cheats.isAutomatic),
  }),
  evm_snapshot: query(async (cheats) => quantityHex(await cheats.snapshot())),
  evm_revert: cheats([count("snapshot")], (own, id) => own.revert(id)),
  evm_increaseTime: cheats([count("seconds")], (own, seconds) =>
    quantityHex(own.increaseTime(seconds)),
  ),
  evm_setNextBlockTimestamp: cheat([count("timestamp")], (own, seconds) =>
    own.setNextTimestamp(seconds),
  ),
  evm_setAutomine: cheat([boolean("on")], (own, isOn) => own.setAutomatic(isOn)),
  // Hardhat's unit; anvil's own name has anvil's.
  evm_setIntervalMining: cheat([count("milliseconds")], (own, milliseconds) =>
    own.setInterval(Number(milliseconds)),
  ),
  anvil_setIntervalMining: cheat([count("seconds")], (own, seconds) =>
    own.setInterval(Number(seconds) * 1_000),
  ),
  evm_mine: cheats([optional(mineOptions("options"), NOW)], async (own, options) => {
    const { timestamp, blocks = 1n } = options;
    if (timestamp !== undefined) own.setNextTimestamp(timestamp);
    await own.mine(Number(blocks), 1n);
    return "0x0";
  }),
  eth_sendTransaction: method([callRequest("transaction")], async (context, request) => {
    const own = cheatsOf(context);
    const { from, to, value, data, nonce, maxFeePerGas, maxPriorityFeePerGas } = request;
    const gasLimit = request.gasLimit ?? (await estimated(context, request));
    const fees = { maxFeePerGas, maxPriorityFeePerGas };
    return own.send({ from, to, value, data, nonce, gasLimit, ...fees });
  }),
};

/** Without a fee: an impersonated account pays none, and others are held to theirs by the mempool. */
async function estimated(
  { backend }: RequestContext,
  request: Parameters<typeof estimateGas>[1],
): Promise<bigint> {
  const free = { ...request, maxFeePerGas: undefined, maxPriorityFeePerGas: undefined };
  return estimateGas(backend, free, { block: await resolveNumber(backend, LATEST) });
}

function cheatsOf({ backend }: RequestContext): Cheats {
  if (backend.cheats) return backend.cheats;
  throw new RpcError(
    RPC_CODES.methodNotFound,
    `this method is of chains for tests; chain ${backend.chainId} lets nobody write its state. Start one with: delchain devnet`,
  );
}

type Handled<P extends readonly Param<unknown>[]> = {
  [K in keyof P]: P[K] extends Param<infer T> ? T : never;
};

/** A method of the cheats that answers what it is given. */
function cheats<const P extends readonly Param<unknown>[]>(
  params: P,
  handle: (own: Cheats, ...values: Handled<P>) => unknown,
): Method {
  return method(params, (context, ...values) =>
    handle(cheatsOf(context), ...(values as unknown as Handled<P>)),
  );
}

/** One that changes something; clients of both tools take `true`. */
function cheat<const P extends readonly Param<unknown>[]>(
  params: P,
  handle: (own: Cheats, ...values: Handled<P>) => unknown,
): Method {
  return cheats(params, async (own, ...values) => {
    await handle(own, ...values);
    return true;
  });
}

function query(handle: (own: Cheats) => unknown): Method {
  return cheats([], handle);
}

function underBothNames(methods: MethodTable): MethodTable {
  const entries = Object.entries(methods);
  return Object.fromEntries(
    ["anvil", "hardhat"].flatMap((tool) => entries.map(([name, one]) => [`${tool}_${name}`, one])),
  );
}

const COUNT = /^(?:0x[0-9a-fA-F]{1,16}|[0-9]{1,18})$/;

/** A count or a time in any form that test clients send: a JSON number, hex or decimal text. */
function count(name: string): Param<bigint> {
  return { name, decode: decodeCount };
}

function decodeCount(value: unknown, where: string): bigint {
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return BigInt(value);
  if (typeof value === "string" && COUNT.test(value)) return BigInt(value);
  throw wrongParam(where, "a whole number from 0, in JSON, hex or decimal text", value);
}

type MineOptions = { readonly timestamp?: bigint; readonly blocks?: bigint };

/** `evm_mine` takes nothing, a time, or an object with both. */
function mineOptions(name: string): Param<MineOptions> {
  return {
    name,
    decode: (value, where) => {
      if (typeof value !== "object" || value === null) {
        return { timestamp: decodeCount(value, where) };
      }
      const { timestamp, blocks } = value as Readonly<Record<string, unknown>>;
      return {
        ...(timestamp !== undefined && { timestamp: decodeCount(timestamp, `${where}.timestamp`) }),
        ...(blocks !== undefined && { blocks: decodeCount(blocks, `${where}.blocks`) }),
      };
    },
  };
}
