import { CommandError } from "./commandError.ts";
import { EXIT } from "./exitCodes.ts";

export const DEFAULT_RPC = "http://127.0.0.1:8545";

/** A node that does not answer in this time is taken for gone. */
const TIMEOUT_MS = 10_000;

/** One JSON-RPC request. Throws `CommandError` that names the URL and what to do. */
export async function request<T>(
  url: string,
  method: string,
  params: readonly unknown[] = [],
): Promise<T> {
  const answer = await post(url, JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }));
  if (answer.error) {
    throw new CommandError(`${method}: ${answer.error.message}`, EXIT.failed);
  }
  return answer.result as T;
}

type Answer = { readonly result?: unknown; readonly error?: { readonly message: string } };

async function post(url: string, body: string): Promise<Answer> {
  try {
    const headers = { "content-type": "application/json" };
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const response = await fetch(url, { method: "POST", headers, body, signal });
    return (await response.json()) as Answer;
  } catch (error) {
    const cause = error instanceof Error ? (error.cause ?? error) : error;
    throw new CommandError(
      `no node answers at ${url} (${String(cause)}); start one with: delchain devnet`,
      EXIT.unavailable,
    );
  }
}
