import { CommandError } from "./commandError.ts";
import { EXIT } from "./exitCodes.ts";

export const DEFAULT_RPC = "http://127.0.0.1:8545";

/** A node that does not answer in this time is taken for gone. */
const TIMEOUT_MS = 10_000;

/** One JSON-RPC request to any Ethereum node. Throws `CommandError` that names the URL and what to do. */
export async function request<T>(
  url: string,
  method: string,
  params: readonly unknown[] = [],
): Promise<T> {
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params });
  const answer = parsed(url, await post(checkedUrl(url), body));
  if (answer.error) throw new CommandError(`${method}: ${answer.error.message}`, EXIT.failed);
  return answer.result as T;
}

type Answer = { readonly result?: unknown; readonly error?: { readonly message: string } };

function checkedUrl(text: string): string {
  const url = URL.parse(text);
  if (url?.protocol === "http:" || url?.protocol === "https:") return text;
  throw new CommandError(
    `--rpc ${text} is no URL of a node: it takes one like ${DEFAULT_RPC}`,
    EXIT.usage,
  );
}

async function post(url: string, body: string): Promise<string> {
  try {
    const headers = { "content-type": "application/json" };
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    return await (await fetch(url, { method: "POST", headers, body, signal })).text();
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new CommandError(
      `no node answers at ${url} (${why}). Start one with: delchain devnet. Another is named with --rpc URL.`,
      EXIT.unavailable,
    );
  }
}

function parsed(url: string, text: string): Answer {
  try {
    const answer = JSON.parse(text) as Answer | null;
    if (answer !== null && typeof answer === "object" && ("result" in answer || answer.error)) {
      return answer;
    }
  } catch {
    // Told below, like JSON that is no answer.
  }
  throw new CommandError(
    `what answers at ${url} does not speak JSON-RPC: ${JSON.stringify(text.slice(0, 60))}`,
    EXIT.unavailable,
  );
}
