import { after } from "node:test";
import { DEFAULT_STORE } from "@delchain/images";
import {
  type Account,
  type Chain,
  createPublicClient,
  createWalletClient,
  defineChain,
  type Hex,
  type HttpTransport,
  http,
  type PublicClient,
  type TransactionReceipt,
  type WalletClient,
} from "viem";
import { type HDAccount, mnemonicToAccount } from "viem/accounts";
import {
  DEVNET,
  DEVNET_MNEMONIC,
  type NodeConfig,
  type RunningNode,
  startNode,
} from "../../../chain/index.ts";

type Wallet = WalletClient<HttpTransport, Chain, Account>;

export type JsonRpcError = {
  readonly code: number;
  readonly message: string;
  readonly data?: unknown;
};
export type JsonRpcAnswer = { readonly result?: unknown; readonly error?: JsonRpcError };

/** A real node in this process on a free port of loopback, and the clients that most tests want. */
export type Devnet = {
  readonly node: RunningNode;
  readonly url: string;
  readonly wsUrl: string;
  readonly chain: Chain;
  readonly reader: PublicClient<HttpTransport, Chain>;
  /** A wallet of the mnemonic's account `index`. */
  readonly wallet: (index: number) => Wallet;
  /** One request as it is, and the whole answer. */
  readonly call: (method: string, ...params: unknown[]) => Promise<JsonRpcAnswer>;
  /** The result of one request; throws when there is an error instead. */
  readonly result: <Result>(method: string, ...params: unknown[]) => Promise<Result>;
  readonly receipt: (hash: Hex) => Promise<TransactionReceipt>;
} & AsyncDisposable;

export function devnetAccount(index: number): HDAccount {
  return mnemonicToAccount(DEVNET_MNEMONIC, { addressIndex: index });
}

/** Starts a node; what is left out is a chain of its own in a folder of its own that goes with it. */
export async function startDevnet(options: Partial<NodeConfig> = {}): Promise<Devnet> {
  const node = await startNode({
    spec: DEVNET,
    host: "127.0.0.1",
    port: 0,
    dataFolder: undefined,
    imageFolder: DEFAULT_STORE,
    intervalMs: undefined,
    logLevel: "silent",
    ...options,
  });
  return { ...clientsOf(node.url), node, [Symbol.asyncDispose]: () => node.close() };
}

let shared: Promise<Devnet> | undefined;

/** One node for all tests that can live with what others did to it; ends with the test run. */
export function sharedDevnet(): Promise<Devnet> {
  shared ??= startDevnet();
  return shared;
}

after(async () => (await shared)?.[Symbol.asyncDispose]());

/** The clients of a node at `url`, in this process or another. */
export function clientsOf(url: string): Omit<Devnet, "node" | typeof Symbol.asyncDispose> {
  const chain = defineChain({
    id: Number(DEVNET.chainId),
    name: "DelChain devnet",
    nativeCurrency: { name: "DEL", symbol: "DEL", decimals: 18 },
    rpcUrls: { default: { http: [url] } },
  });
  const transport = http(url, { retryCount: 0 });
  // viem remembers a block's number as long as it polls, which is the wrong one after a receipt.
  const reader = createPublicClient({ chain, transport, pollingInterval: 20, cacheTime: 0 });
  const call = async (method: string, ...params: unknown[]): Promise<JsonRpcAnswer> => {
    const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params });
    const response = await fetch(url, { method: "POST", body });
    return (await response.json()) as JsonRpcAnswer;
  };
  return {
    url,
    wsUrl: url.replace("http", "ws"),
    chain,
    reader,
    wallet: (index) => createWalletClient({ chain, transport, account: devnetAccount(index) }),
    call,
    result: async <Result>(method: string, ...params: unknown[]): Promise<Result> => {
      const { result, error } = await call(method, ...params);
      if (error) throw new Error(`${method}: ${error.message} (${error.code})`);
      return result as Result;
    },
    receipt: (hash) => reader.waitForTransactionReceipt({ hash, timeout: 30_000 }),
  };
}
