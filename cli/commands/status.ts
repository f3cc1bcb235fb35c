import { CommandError } from "../commandError.ts";
import { EXIT } from "../exitCodes.ts";
import { color, type Output } from "../output.ts";
import { request } from "../rpcClient.ts";

export type StatusOptions = { readonly rpc: string; readonly json: boolean };

/** Where a node stands: version, chain, head, fees, mempool. What a foreign node does not tell is left out. */
export async function status({ rpc, json }: StatusOptions, output: Output): Promise<void> {
  const facts = await factsOf(rpc);
  if (json) return output.json(facts);
  const row = (name: string, value: string | undefined) => {
    if (value !== undefined) output.line(`${color.dim(name.padEnd(10))}${value}`);
  };
  const { version, baseFeePerGas, gasPrice, mempool } = facts;
  row("node", `${version ?? "does not tell its version"} at ${rpc}`);
  row("chain id", String(facts.chainId));
  row("block", `${facts.block} (${facts.blockHash})`);
  row("time", facts.timestamp);
  row("base fee", baseFeePerGas === undefined ? undefined : `${baseFeePerGas} wei per gas`);
  row("gas price", gasPrice === undefined ? undefined : `${gasPrice} wei per gas`);
  row("mempool", mempool && `${mempool.pending} pending, ${mempool.queued} queued`);
}

type Head = {
  readonly number: string;
  readonly hash: string;
  readonly timestamp: string;
  readonly baseFeePerGas?: string;
};

type Facts = {
  readonly rpc: string;
  readonly version: string | undefined;
  readonly chainId: number;
  readonly block: number;
  readonly blockHash: string;
  readonly timestamp: string;
  readonly baseFeePerGas: bigint | undefined;
  readonly gasPrice: bigint | undefined;
  readonly mempool: { readonly pending: number; readonly queued: number } | undefined;
};

async function factsOf(rpc: string): Promise<Facts> {
  const [chainId, head, version, gasPrice, pool] = await Promise.all([
    request<string>(rpc, "eth_chainId"),
    request<Head>(rpc, "eth_getBlockByNumber", ["latest", false]),
    ifOffered(request<string>(rpc, "web3_clientVersion")),
    ifOffered(request<string>(rpc, "eth_gasPrice")),
    ifOffered(request<{ pending: string; queued: string }>(rpc, "txpool_status")),
  ]);
  return {
    rpc,
    version,
    chainId: Number(chainId),
    block: Number(head.number),
    blockHash: head.hash,
    timestamp: new Date(Number(head.timestamp) * 1000).toISOString(),
    baseFeePerGas: head.baseFeePerGas === undefined ? undefined : BigInt(head.baseFeePerGas),
    gasPrice: gasPrice === undefined ? undefined : BigInt(gasPrice),
    mempool: pool && { pending: Number(pool.pending), queued: Number(pool.queued) },
  };
}

/** `undefined` for a method that this node refuses; a node that is gone stays an error. */
function ifOffered<T>(answer: Promise<T>): Promise<T | undefined> {
  return answer.catch((error: unknown) => {
    if (error instanceof CommandError && error.exitCode === EXIT.failed) return undefined;
    throw error;
  });
}
