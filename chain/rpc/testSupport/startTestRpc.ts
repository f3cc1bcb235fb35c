import type { BackendLimits } from "../backend.ts";
import type { RpcLimits } from "../limits.ts";
import type { RpcLog } from "../rpcErrors.ts";
import { type RpcServer, startRpc } from "../server.ts";
import { MemoryBackend } from "./memoryBackend.ts";
import type { Program } from "./memoryState.ts";

export type TestRpcOptions = {
  readonly programs?: ReadonlyMap<string, Program>;
  readonly limits?: Partial<RpcLimits>;
  readonly backendLimits?: Partial<BackendLimits>;
  readonly origins?: readonly string[];
};

export type JsonRpcAnswer = {
  readonly jsonrpc: string;
  readonly id: unknown;
  readonly result?: unknown;
  readonly error?: { readonly code: number; readonly message: string; readonly data?: unknown };
};

export type TestRpc = {
  readonly backend: MemoryBackend;
  readonly server: RpcServer;
  /** What the server logged, as messages. */
  readonly logged: string[];
  /** Milliseconds of the server's clock. */
  readonly clock: { ms: number };
  readonly post: (body: string | Uint8Array, headers?: Record<string, string>) => Promise<Response>;
  readonly call: (method: string, ...params: unknown[]) => Promise<JsonRpcAnswer>;
  readonly result: (method: string, ...params: unknown[]) => Promise<unknown>;
} & AsyncDisposable;

/** The real server on a free port of loopback, over blocks and state in memory. */
export async function startTestRpc(options: TestRpcOptions = {}): Promise<TestRpc> {
  const backend = new MemoryBackend(options.programs ?? new Map(), options.backendLimits);
  const logged: string[] = [];
  const clock = { ms: 0 };
  const note = (_facts: object, message: string): void => void logged.push(message);
  const log: RpcLog = { warn: note, error: note };
  const { limits = {}, origins } = options;
  const server = await startRpc({
    backend,
    port: 0,
    log,
    nowMs: () => clock.ms,
    limits,
    ...(origins && { origins }),
  });
  const post: TestRpc["post"] = (body, headers = { "content-type": "application/json" }) =>
    fetch(server.url, { method: "POST", body: body as BodyInit, headers });
  const call: TestRpc["call"] = async (method, ...params) => {
    const answer = await post(JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }));
    return (await answer.json()) as JsonRpcAnswer;
  };
  const result: TestRpc["result"] = async (method, ...params) => {
    const answer = await call(method, ...params);
    if (answer.error !== undefined) throw new Error(`${method}: ${JSON.stringify(answer.error)}`);
    return answer.result;
  };
  const stop = (): Promise<void> => server.close();
  return { backend, server, logged, clock, post, call, result, [Symbol.asyncDispose]: stop };
}
