import { loadProjectLines, type RpcProfile } from "@delchain/toolchain";
import { type Address, type Hex, numberToHex } from "viem";
import { CommandError } from "../commandError.ts";
import { request } from "../rpcClient.ts";
import { explainedCallError } from "./chainClient.ts";

export type TracedCall = {
  readonly from?: Address | undefined;
  readonly to?: Address;
  readonly data: Hex;
  readonly value?: bigint | undefined;
};

/**
 * What viem throws of a call as what a person is told, with the source lines that it went through: innermost first,
 * where the chain is one for tests and the contracts are the project's.
 */
export async function tracedCallError(
  error: unknown,
  what: string,
  { root, rpc }: { readonly root: string; readonly rpc: string },
  call: TracedCall,
): Promise<unknown> {
  const explained = explainedCallError(error, what);
  if (!(explained instanceof CommandError)) return explained;
  const lines = await traceOf(root, rpc, call);
  const message = [explained.message, ...lines.map((line) => `  ${line}`)].join("\n");
  return new CommandError(message, explained.exitCode);
}

async function traceOf(root: string, rpc: string, call: TracedCall): Promise<readonly string[]> {
  const project = loadProjectLines(root);
  const { value, ...rest } = call;
  const sent = value === undefined ? rest : { ...rest, value: numberToHex(value) };
  try {
    const params = [sent, "latest", project.options];
    const { failure } = await request<RpcProfile>(rpc, "debug_traceCall", params);
    const trace = project.trace(failure);
    return trace.some((line) => line.endsWith(")")) ? trace : [];
  } catch {
    // The chain runs nothing again for others: the error itself is all there is to tell.
    return [];
  }
}
