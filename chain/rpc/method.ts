import type { Backend } from "./backend.ts";
import type { FilterStore } from "./filterStore.ts";
import type { RpcLimits } from "./limits.ts";
import { decodeParams, type Param } from "./params.ts";
import type { SubscriptionScope } from "./subscriptions.ts";

/** What a method may use. */
export type RequestContext = {
  readonly backend: Backend;
  readonly limits: RpcLimits;
  readonly filters: FilterStore;
  /** What one WebSocket message may subscribe with; `undefined` over HTTP. */
  readonly subscriptions: SubscriptionScope | undefined;
};

/** A method of the table: raw parameters in, a JSON value (or the promise of one) out. */
export type Method = { readonly run: (context: RequestContext, params: unknown) => unknown };

type Decoded<P extends readonly Param<unknown>[]> = {
  [K in keyof P]: P[K] extends Param<infer T> ? T : never;
};

/** Ties a method's parameter readers to its handler, whose arguments have the readers' types. */
export function method<const P extends readonly Param<unknown>[]>(
  params: P,
  handle: (context: RequestContext, ...values: Decoded<P>) => unknown,
): Method {
  return {
    run: (context, given) => handle(context, ...(decodeParams(params, given) as Decoded<P>)),
  };
}

/** A namespace's methods by name. */
export type MethodTable = Readonly<Record<string, Method>>;
