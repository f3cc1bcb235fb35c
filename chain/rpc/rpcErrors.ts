import {
  type ErrorFacts,
  type ExecutionResult,
  type Hex,
  InvalidInput,
  type TransactionOutcome,
  toHex,
  Unavailable,
} from "@delchain/runtime";
import { decodeRevertReason } from "./revertReason.ts";

/** Codes of JSON-RPC 2.0, EIP-1474 and, for 3, the execution API specification. */
export const RPC_CODES: {
  readonly reverted: 3;
  readonly parse: -32700;
  readonly invalidRequest: -32600;
  readonly methodNotFound: -32601;
  readonly invalidParams: -32602;
  readonly internal: -32603;
  readonly invalidInput: -32000;
  readonly resourceNotFound: -32001;
  readonly resourceUnavailable: -32002;
  readonly transactionRejected: -32003;
  readonly methodNotSupported: -32004;
  readonly limitExceeded: -32005;
} = {
  reverted: 3,
  parse: -32700,
  invalidRequest: -32600,
  methodNotFound: -32601,
  invalidParams: -32602,
  internal: -32603,
  invalidInput: -32000,
  resourceNotFound: -32001,
  resourceUnavailable: -32002,
  transactionRejected: -32003,
  methodNotSupported: -32004,
  limitExceeded: -32005,
};

/** What a client is told; `data` is JSON. */
export class RpcError extends Error {
  override readonly name = "RpcError";
  readonly code: number;
  readonly data: unknown;

  constructor(code: number, message: string, data?: unknown) {
    super(message);
    this.code = code;
    this.data = data;
  }
}

/** Where the server says what a client is not told. A pino logger is one. */
export interface RpcLog {
  warn(facts: object, message: string): void;
  error(facts: object, message: string): void;
}

type Rule = {
  readonly code: number;
  /** Words that clients look for in the message: viem, ethers and web3 know errors by geth's texts. */
  readonly phrase?: string;
};

const { invalidParams, transactionRejected, resourceUnavailable, resourceNotFound } = RPC_CODES;

/** How each fault of a sender is shown. A code that is not here is a rejected transaction without a phrase. */
const RULES: ReadonlyMap<string, Rule> = new Map<string, Rule>([
  ["STATE_NOT_KEPT", { code: resourceNotFound, phrase: "missing trie node" }],
]);

/** Every failure becomes an error object here. A bug is logged whole and shown as `internal error`. */
export function toRpcError(error: unknown, method: string, log: RpcLog): RpcError {
  if (error instanceof RpcError) return error;
  if (error instanceof InvalidInput) return fromInvalidInput(error);
  if (error instanceof Unavailable) {
    log.warn({ method, part: error.part, err: error }, "a request found a part unavailable");
    const message = `${error.part} is unavailable: ${error.message}`;
    return new RpcError(resourceUnavailable, message, { part: error.part });
  }
  log.error({ method, err: error }, "a request met a bug");
  return new RpcError(RPC_CODES.internal, "internal error");
}

function fromInvalidInput(error: InvalidInput<ErrorFacts>): RpcError {
  const rule = RULES.get(error.facts.code);
  const phrase = rule?.phrase;
  const says = phrase === undefined || error.message.toLowerCase().includes(phrase);
  const message = says ? error.message : `${phrase}: ${error.message}`;
  return new RpcError(rule?.code ?? transactionRejected, message, jsonFacts(error.facts));
}

/** Facts as JSON: amounts as quantities, bytes as hex. */
function jsonFacts(facts: ErrorFacts): Record<string, unknown> {
  const entries = Object.entries(facts).map(([name, value]: [string, unknown]) => {
    if (typeof value === "bigint")
      return [name, value < 0n ? `${value}` : `0x${value.toString(16)}`];
    return [name, value instanceof Uint8Array ? toHex(value) : value];
  });
  return Object.fromEntries(entries) as Record<string, unknown>;
}

/** The error of `eth_call` and `eth_estimateGas`, as geth words it; `data` is the revert data in hex. */
export function revertedError(output: Uint8Array): RpcError {
  const reason = decodeRevertReason(output);
  const message = reason === undefined ? "execution reverted" : `execution reverted: ${reason}`;
  return new RpcError(RPC_CODES.reverted, message, toHex(output) satisfies Hex);
}

/** The output of a call that succeeded; throws the `RpcError` of any other end. */
export function outputOf(outcome: TransactionOutcome | ExecutionResult): Uint8Array {
  switch (outcome.status) {
    case "success":
      return outcome.output;
    case "revert":
      throw revertedError(outcome.output);
    case "halt":
      throw haltedError(outcome.reason);
    case "invalid":
      throw new RpcError(RPC_CODES.invalidInput, outcome.reason);
  }
}

export function haltedError(reason: string): RpcError {
  const message = /out ?of ?gas/i.test(reason) ? `out of gas (${reason})` : reason;
  return new RpcError(RPC_CODES.invalidInput, `execution halted: ${message}`, { reason });
}

export function invalidRequest(message: string): RpcError {
  return new RpcError(RPC_CODES.invalidRequest, message);
}

export function methodNotFound(method: string): RpcError {
  const message = `the method ${method.slice(0, 80)} does not exist or is not available`;
  return new RpcError(RPC_CODES.methodNotFound, message);
}

export function wrongParams(message: string, data?: unknown): RpcError {
  return new RpcError(invalidParams, message, data);
}

export function notFound(message: string): RpcError {
  return new RpcError(resourceNotFound, message);
}

/** Names what, how much of it, and the limit. */
export function limitExceeded(
  what: string,
  value: number | bigint,
  limit: number,
  remedy: string,
): RpcError {
  const message = `${what}: ${value} is over the limit of ${limit}; ${remedy}`;
  return new RpcError(RPC_CODES.limitExceeded, message, { limit });
}
