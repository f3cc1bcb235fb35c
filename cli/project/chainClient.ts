import {
  BaseError,
  type Chain,
  ContractFunctionRevertedError,
  createPublicClient,
  createWalletClient,
  defineChain,
  type HttpTransport,
  http,
  type PublicClient,
  type WalletClient,
} from "viem";
import type { PrivateKeyAccount } from "viem/accounts";
import { CommandError } from "../commandError.ts";
import { EXIT } from "../exitCodes.ts";
import { request } from "../rpcClient.ts";

const POLL_MS = 100;

export type Reader = PublicClient<HttpTransport, Chain>;
export type Wallet = WalletClient<HttpTransport, Chain, PrivateKeyAccount>;

/** viem's clients of the chain behind a URL. Throws `CommandError` that says how to start one when nothing answers. */
export async function openChain(rpc: string): Promise<{
  readonly chainId: number;
  readonly reader: Reader;
  readonly walletOf: (account: PrivateKeyAccount) => Wallet;
}> {
  const chainId = Number(await request<string>(rpc, "eth_chainId"));
  const chain = defineChain({
    id: chainId,
    name: `chain ${chainId}`,
    nativeCurrency: { name: "DEL", symbol: "DEL", decimals: 18 },
    rpcUrls: { default: { http: [rpc] } },
  });
  const transport = http(rpc, { retryCount: 0 });
  return {
    chainId,
    reader: createPublicClient({ chain, transport, pollingInterval: POLL_MS }),
    walletOf: (account) => createWalletClient({ chain, transport, account }),
  };
}

/** What viem throws of a call as what a person is told: the revert with its arguments, or the node's own words. */
export function explainedCallError(error: unknown, what: string): unknown {
  if (!(error instanceof BaseError)) return error;
  const revert = error.walk((cause) => cause instanceof ContractFunctionRevertedError);
  if (revert instanceof ContractFunctionRevertedError) {
    return new CommandError(`${what} reverts: ${revertText(revert)}`, EXIT.failed);
  }
  const cause = error.walk((one) => typeof (one as { details?: unknown }).details === "string");
  const { details, shortMessage } = (cause ?? error) as BaseError;
  return new CommandError(
    `${what} fails: ${details || shortMessage || error.shortMessage}`,
    EXIT.failed,
  );
}

function revertText({ data, reason, signature }: ContractFunctionRevertedError): string {
  if (data && data.errorName !== "Error") {
    const args = (data.args ?? []).map((value) => String(value)).join(", ");
    return `${data.errorName}(${args})`;
  }
  return reason ?? (signature ? `unknown error ${signature}` : "without a reason");
}
