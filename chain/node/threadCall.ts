import type { MessagePort, Transferable, Worker } from "node:worker_threads";
import { type ErrorFacts, InvalidInput, Unavailable } from "@delchain/runtime";

/** What one thread offers another: an object's methods, each of one argument. */
export type ThreadApi = object;

type Method = (argument: never) => unknown;
type MethodNames<Api> = {
  [Name in keyof Api]: Api[Name] extends Method ? Name : never;
}[keyof Api] &
  string;
type Argument<Api, Name extends keyof Api> = Api[Name] extends (argument: infer A) => unknown
  ? A
  : never;
type Answer<Api, Name extends keyof Api> = Api[Name] extends (argument: never) => infer R
  ? Awaited<R>
  : never;

type Request = { readonly id: number; readonly name: string; readonly argument: unknown };
type Reply =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly error: SentError };
type SentError =
  | { readonly kind: "invalid"; readonly facts: ErrorFacts; readonly message: string }
  | { readonly kind: "unavailable"; readonly part: string; readonly message: string }
  | { readonly kind: "bug"; readonly message: string; readonly stack: string | undefined };

/** Calls that one thread may have waiting in another; more are refused at once. */
export const THREAD_CALLS_MAX = 65_536;

/** The other side: a worker, or a worker's parent. */
type Endpoint = Worker | MessagePort;

/** Answers the other side's calls with `api`'s methods, each as it finishes; errors cross with their kind. */
export function serveMethods(endpoint: Endpoint, api: ThreadApi): void {
  endpoint.on("message", (request: Request) => {
    if (typeof request?.name !== "string") return;
    void answer(endpoint, api, request);
  });
}

async function answer(endpoint: Endpoint, api: ThreadApi, request: Request): Promise<void> {
  const { id, name, argument } = request;
  try {
    const serve = Reflect.get(api, name) as unknown;
    if (typeof serve !== "function") throw new Error(`this thread offers no ${name}`);
    const value: unknown = await serve.call(api, argument);
    endpoint.postMessage({ id, value } satisfies Reply, []);
  } catch (error) {
    endpoint.postMessage({ id, error: packError(error) } satisfies Reply, []);
  }
}

/**
 * Calls into a thread. `ended` is what the calls still waiting are told when the thread is gone; after that
 * every call fails with it.
 */
export class ThreadCaller<Api extends ThreadApi> {
  readonly #endpoint: Endpoint;
  readonly #part: string;
  readonly #waiting = new Map<
    number,
    { resolve: (value: unknown) => void; reject: (error: Error) => void }
  >();
  #nextId = 1;
  #ended: Error | undefined;

  constructor(endpoint: Endpoint, part: string) {
    this.#endpoint = endpoint;
    this.#part = part;
    endpoint.on("message", (reply: Reply) => this.#settle(reply));
  }

  /** Whether `end` was called, so that no call can succeed any more. */
  get ended(): boolean {
    return this.#ended !== undefined;
  }

  call<Name extends MethodNames<Api>>(
    name: Name,
    argument: Argument<Api, Name>,
    transfer: readonly Transferable[] = [],
  ): Promise<Answer<Api, Name>> {
    if (this.#ended) return Promise.reject(this.#ended);
    if (this.#waiting.size >= THREAD_CALLS_MAX) {
      const message = `the ${this.#part} thread has ${THREAD_CALLS_MAX} calls waiting, the most allowed`;
      return Promise.reject(new Unavailable(this.#part, message));
    }
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve: resolve as (value: unknown) => void, reject });
      this.#endpoint.postMessage({ id, name, argument } satisfies Request, [...transfer]);
    });
  }

  end(error: Error): void {
    this.#ended ??= error;
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }

  #settle(reply: Reply): void {
    if (typeof reply?.id !== "number") return;
    const waiting = this.#waiting.get(reply.id);
    if (waiting === undefined) return;
    this.#waiting.delete(reply.id);
    if ("error" in reply) waiting.reject(unpackError(reply.error));
    else waiting.resolve(reply.value);
  }
}

/**
 * Ends a caller with `Unavailable` when its worker stops or crashes. `onFailure` is told when nobody had
 * ended the caller before.
 */
export function endWithWorker(
  worker: Worker,
  caller: { readonly ended: boolean; end: (error: Error) => void },
  part: string,
  onFailure: (error: Error) => void = () => undefined,
): void {
  const end = (error: Unavailable): void => {
    if (caller.ended) return;
    caller.end(error);
    onFailure(error);
  };
  worker.once("error", (cause) => {
    // Its class is lost on the way between threads; its name is not.
    const isOurs = cause instanceof Error && cause.name === "Unavailable";
    const reason = isOurs ? cause.message : `the ${part} thread failed: ${String(cause)}`;
    end(new Unavailable(part, reason, { cause }));
  });
  worker.once("exit", (code) => {
    end(new Unavailable(part, `the ${part} thread has stopped (exit code ${code})`));
  });
}

/** Lets a thread finish by its method `close`, and ends it; one that is gone already is no trouble. */
export async function closeWorker(
  worker: Worker,
  caller: ThreadCaller<{ close(): Promise<void> }>,
  part: string,
): Promise<void> {
  if (!caller.ended) await caller.call("close", undefined as never);
  caller.end(new Unavailable(part, "the node is stopping"));
  await worker.terminate();
}

function packError(error: unknown): SentError {
  if (error instanceof InvalidInput) {
    return { kind: "invalid", facts: error.facts, message: error.message };
  }
  if (error instanceof Unavailable) {
    return { kind: "unavailable", part: error.part, message: error.message };
  }
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  return { kind: "bug", message, stack };
}

function unpackError(sent: SentError): Error {
  if (sent.kind === "invalid") return new InvalidInput(sent.facts, sent.message);
  if (sent.kind === "unavailable") return new Unavailable(sent.part, sent.message);
  const error = new Error(sent.message);
  if (sent.stack !== undefined) error.stack = sent.stack;
  return error;
}
