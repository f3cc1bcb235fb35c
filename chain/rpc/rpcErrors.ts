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

/**
 * Codes of a sender's faults that are no rejected transaction. Those that say that bytes are no transaction of this
 * chain are wrong parameters. The messages need nothing added: they begin with geth's words, which viem, ethers and
 * web3 know errors by.
 */
const FAULT_CODES: ReadonlyMap<string, number> = new Map<string, number>([
  ["STATE_PRUNED", RPC_CODES.resourceNotFound],
  ["PROOF_TOO_OLD", RPC_CODES.resourceNotFound],
  ["UNKNOWN_BLOCK", RPC_CODES.resourceNotFound],
  ["NOT_A_CONTAINER", RPC_CODES.invalidInput],
  ["NOT_CREATED_BY", RPC_CODES.invalidInput],
  ["NOT_THE_DEPLOYER", RPC_CODES.invalidInput],
  ["SOURCE_TOO_LARGE", RPC_CODES.limitExceeded],
  ["SOURCES_FULL", RPC_CODES.limitExceeded],
  ["TRANSACTION_EMPTY", RPC_CODES.invalidParams],
  ["TRANSACTION_TOO_LARGE", RPC_CODES.invalidParams],
  ["TRANSACTION_TYPE", RPC_CODES.invalidParams],
  ["INVALID_RLP", RPC_CODES.invalidParams],
  ["INVALID_FIELD", RPC_CODES.invalidParams],
  ["CHAIN_ID", RPC_CODES.invalidParams],
  ["CHAIN_ID_MISSING", RPC_CODES.invalidParams],
  ["SIGNATURE_PARITY", RPC_CODES.invalidParams],
  ["SIGNATURE_RANGE", RPC_CODES.invalidParams],
  ["SIGNATURE_NOT_LOW", RPC_CODES.invalidParams],
  ["SIGNER_UNKNOWN", RPC_CODES.invalidParams],
]);

/** Every failure becomes an error object here. A bug is logged whole and shown as `internal error`. */
export function toRpcError(error: unknown, method: string, log: RpcLog): RpcError {
  if (error instanceof RpcError) return error;
  if (error instanceof InvalidInput) return fromInvalidInput(error);
  if (error instanceof Unavailable) {
    log.warn({ method, part: error.part, err: error }, "a request found a part unavailable");
    const message = `${error.part} is unavailable: ${error.message}`;
    return new RpcError(RPC_CODES.resourceUnavailable, message, { part: error.part });
  }
  log.error({ method, err: error }, "a request met a bug");
  return new RpcError(RPC_CODES.internal, "internal error");
}

function fromInvalidInput({ facts, message }: InvalidInput<ErrorFacts>): RpcError {
  const code = FAULT_CODES.get(facts.code) ?? RPC_CODES.transactionRejected;
  return new RpcError(code, message, jsonFacts(facts));
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
  return new RpcError(RPC_CODES.invalidParams, message, data);
}

export function notFound(message: string): RpcError {
  return new RpcError(RPC_CODES.resourceNotFound, message);
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
