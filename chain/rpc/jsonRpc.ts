import { isUtf8 } from "node:buffer";
import type { RpcLimits } from "./limits.ts";
import type { Method, RequestContext } from "./method.ts";
import { describeValue } from "./params.ts";
import {
  invalidRequest,
  limitExceeded,
  methodNotFound,
  RPC_CODES,
  RpcError,
  type RpcLog,
  toRpcError,
} from "./rpcErrors.ts";

type RequestId = string | number | null;

type Request = {
  readonly method: string;
  readonly params: unknown;
  readonly id: RequestId | undefined;
};

export type DispatcherOptions = {
  readonly methods: ReadonlyMap<string, Method>;
  readonly limits: RpcLimits;
  readonly log: RpcLog;
};

/**
 * JSON-RPC 2.0 from bytes to bytes, whatever carries them. Never rejects: every failure is an error object, and
 * `undefined` says that nothing is to be answered.
 */
export class Dispatcher {
  readonly #methods: ReadonlyMap<string, Method>;
  readonly #limits: RpcLimits;
  readonly #log: RpcLog;

  constructor({ methods, limits, log }: DispatcherOptions) {
    this.#methods = methods;
    this.#limits = limits;
    this.#log = log;
  }

  async answer(body: Buffer, context: RequestContext): Promise<string | undefined> {
    const parsed = parse(body);
    if (parsed instanceof RpcError) return errorText(null, parsed);
    if (!Array.isArray(parsed)) return this.#answerOne(parsed, context);
    const { batchEntries } = this.#limits;
    if (parsed.length === 0) return errorText(null, invalidRequest("empty batch"));
    if (parsed.length > batchEntries) {
      const message = `batch of ${parsed.length} entries is over the limit of ${batchEntries}; send several`;
      return errorText(null, invalidRequest(message));
    }
    return this.#answerBatch(parsed, context);
  }

  /** Several entries at a time, answers in the order of the entries. */
  async #answerBatch(
    entries: readonly unknown[],
    context: RequestContext,
  ): Promise<string | undefined> {
    const answers: (string | undefined)[] = new Array(entries.length);
    let next = 0;
    let bytes = 0;
    const work = async (): Promise<void> => {
      while (next < entries.length) {
        const place = next++;
        const answer = await this.#answerOne(entries[place], context, bytes);
        answers[place] = answer;
        bytes += answer?.length ?? 0;
      }
    };
    const workers = Math.min(entries.length, this.#limits.batchConcurrency);
    await Promise.all(Array.from({ length: workers }, work));
    const given = answers.filter((answer) => answer !== undefined);
    return given.length === 0 ? undefined : `[${given.join(",")}]`;
  }

  /** `used`: bytes that the answers before it take of the same limit. */
  async #answerOne(entry: unknown, context: RequestContext, used = 0): Promise<string | undefined> {
    const request = readRequest(entry);
    if (request instanceof RpcError) return errorText(idOf(entry), request);
    const { method, id } = request;
    let text: string;
    try {
      const { responseBytes } = this.#limits;
      if (used >= responseBytes) throw responseTooLarge(used, responseBytes);
      const result = (await this.#run(request, context)) ?? null;
      const json = JSON.stringify(result);
      if (used + json.length > responseBytes) {
        throw responseTooLarge(used + json.length, responseBytes);
      }
      text = `{"jsonrpc":"2.0","id":${JSON.stringify(id ?? null)},"result":${json}}`;
    } catch (error) {
      text = errorText(id ?? null, toRpcError(error, method, this.#log));
    }
    // A notification runs, and nobody hears of it (JSON-RPC 2.0, section 4.1).
    return id === undefined ? undefined : text;
  }

  #run({ method, params }: Request, context: RequestContext): unknown {
    const found = this.#methods.get(method);
    if (found === undefined) throw methodNotFound(method);
    return found.run(context, params);
  }
}

/** An answer that carries an error object. */
export function errorText(id: RequestId, { code, message, data }: RpcError): string {
  return JSON.stringify({ jsonrpc: "2.0", id, error: { code, message, data } });
}

function responseTooLarge(bytes: number, limit: number): RpcError {
  return limitExceeded("bytes in one answer", bytes, limit, "ask for less at a time");
}

function parse(body: Buffer): unknown {
  if (!isUtf8(body)) return new RpcError(RPC_CODES.parse, "parse error: the body is not UTF-8");
  try {
    return JSON.parse(body.toString("utf8")) as unknown;
  } catch (error) {
    const reason = error instanceof Error ? error.message.slice(0, 200) : "not JSON";
    return new RpcError(RPC_CODES.parse, `parse error: ${reason}`);
  }
}

function isId(value: unknown): value is RequestId {
  return value === null || typeof value === "string" || typeof value === "number";
}

/** The id that an error about a malformed request carries, as far as it can be told. */
function idOf(entry: unknown): RequestId {
  if (typeof entry !== "object" || entry === null) return null;
  const { id } = entry as { id?: unknown };
  return isId(id) ? id : null;
}

function readRequest(entry: unknown): Request | RpcError {
  if (typeof entry !== "object" || entry === null || Array.isArray(entry)) {
    return invalidRequest(`a request is an object, not ${describeValue(entry)}`);
  }
  const { jsonrpc, method, params, id } = entry as Record<string, unknown>;
  if (jsonrpc !== "2.0") {
    return invalidRequest(`jsonrpc must be "2.0", not ${describeValue(jsonrpc)}`);
  }
  if (typeof method !== "string") {
    return invalidRequest(`method must be a string, not ${describeValue(method)}`);
  }
  if (id !== undefined && !isId(id)) {
    return invalidRequest(`id must be a string, a number or null, not ${describeValue(id)}`);
  }
  return { method, params, id };
}
