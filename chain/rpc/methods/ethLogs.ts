import type { Hex } from "@delchain/runtime";
import type { RpcLimits } from "../limits.ts";
import { findLogs, type LogQuery, logQuery } from "../logFilter.ts";
import { type MethodTable, method, type RequestContext } from "../method.ts";
import { optional, type Param, wrongParam } from "../params.ts";
import { RPC_CODES, RpcError, wrongParams } from "../rpcErrors.ts";
import type { SubscriptionKind, SubscriptionScope } from "../subscriptions.ts";

const SUBSCRIPTIONS = ["newHeads", "logs", "newPendingTransactions"] as const;

/** Logs, and what tells of new blocks, logs and transactions. */
export function ethLogMethods(limits: RpcLimits): MethodTable {
  const query = logQuery("filter", limits);
  return {
    eth_getLogs: method([query], (context, wanted) =>
      findLogs(context.backend, wanted, context.limits),
    ),

    eth_newFilter: method([query], ({ filters }, wanted) => filters.addLogFilter(wanted)),
    eth_newBlockFilter: method([], ({ filters }) => filters.addBlockFilter()),
    eth_newPendingTransactionFilter: method([], ({ filters }) => filters.addPendingFilter()),
    eth_getFilterChanges: method([identifier("filter id")], ({ filters }, id) =>
      filters.changes(id),
    ),
    eth_getFilterLogs: method([identifier("filter id")], (context, id) =>
      findLogs(context.backend, context.filters.queryOf(id), context.limits),
    ),
    eth_uninstallFilter: method([identifier("filter id")], ({ filters }, id) => filters.remove(id)),

    eth_subscribe: method(
      [subscriptionName("subscription"), optional(anything("options"), undefined)],
      (context, name, options) =>
        scopeOf(context).subscribe(
          kindOf(name, options, (value) => query.decode(value, "params[1] (filter)")),
        ),
    ),
    eth_unsubscribe: method([identifier("subscription id")], (context, id) =>
      scopeOf(context).unsubscribe(id),
    ),
  };
}

function scopeOf({ subscriptions }: RequestContext): SubscriptionScope {
  if (subscriptions !== undefined) return subscriptions;
  const message =
    "notifications not supported: subscriptions need a WebSocket (ws://, same port); over HTTP use eth_newFilter";
  throw new RpcError(RPC_CODES.methodNotSupported, message);
}

function identifier(name: string): Param<Hex> {
  return {
    name,
    decode: (value, where) => {
      if (typeof value === "string" && /^0x[0-9a-f]{1,32}$/.test(value)) return value as Hex;
      throw wrongParam(where, "an id that this node gave", value);
    },
  };
}

function subscriptionName(name: string): Param<(typeof SUBSCRIPTIONS)[number]> {
  return {
    name,
    decode: (value, where) => {
      const known = SUBSCRIPTIONS.find((subscription) => subscription === value);
      if (known === undefined) throw wrongParam(where, `one of ${SUBSCRIPTIONS.join(", ")}`, value);
      return known;
    },
  };
}

function anything(name: string): Param<unknown> {
  return { name, decode: (value) => value };
}

function kindOf(
  name: (typeof SUBSCRIPTIONS)[number],
  options: unknown,
  decodeQuery: (value: unknown) => LogQuery,
): SubscriptionKind {
  switch (name) {
    case "newHeads":
      // Some clients send an empty object along.
      return { kind: name };
    case "logs":
      // Blocks in the filter are passed over, as geth does: a subscription begins now and ends with it.
      return { kind: name, filter: decodeQuery(options ?? {}).filter };
    case "newPendingTransactions":
      if (options !== undefined && typeof options !== "boolean") {
        throw wrongParams("params[1] (full transactions): wanted true or false");
      }
      return { kind: name, full: options === true };
  }
}
