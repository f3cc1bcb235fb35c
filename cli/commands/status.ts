import { color, type Output } from "../output.ts";
import { request } from "../rpcClient.ts";

export type StatusOptions = { readonly rpc: string; readonly json: boolean };

/** Where a node stands: version, chain, head, fees, mempool. */
export async function status({ rpc, json }: StatusOptions, output: Output): Promise<void> {
  const [version, chainId, head, gasPrice, accounts] = await Promise.all([
    request<string>(rpc, "web3_clientVersion"),
    request<string>(rpc, "eth_chainId"),
    request<Head>(rpc, "eth_getBlockByNumber", ["latest", false]),
    request<string>(rpc, "eth_gasPrice"),
    request<{ pending: string; queued: string }>(rpc, "txpool_status").catch(() => undefined),
  ]);
  const facts = {
    rpc,
    version,
    chainId: Number(chainId),
    block: Number(head.number),
    blockHash: head.hash,
    timestamp: new Date(Number(head.timestamp) * 1000).toISOString(),
    baseFeePerGas: BigInt(head.baseFeePerGas),
    gasPrice: BigInt(gasPrice),
    mempool: accounts && { pending: Number(accounts.pending), queued: Number(accounts.queued) },
  };
  if (json) return output.json(facts);
  const row = (name: string, value: string) => output.line(`${color.dim(name.padEnd(12))}${value}`);
  row("node", `${version} at ${rpc}`);
  row("chain id", String(facts.chainId));
  row("block", `${facts.block} (${facts.blockHash})`);
  row("time", facts.timestamp);
  row("base fee", `${facts.baseFeePerGas} wei per gas`);
  if (facts.mempool) {
    row("mempool", `${facts.mempool.pending} pending, ${facts.mempool.queued} queued`);
  }
}

type Head = {
  readonly number: string;
  readonly hash: string;
  readonly timestamp: string;
  readonly baseFeePerGas: string;
};
