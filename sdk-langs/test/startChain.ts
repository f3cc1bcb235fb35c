import { DEVNET, DEVNET_MNEMONIC, startNode } from "@delchain/chain";
import { DEFAULT_STORE } from "@delchain/images";
import { defineChain } from "viem";
import { type HDAccount, mnemonicToAccount } from "viem/accounts";
import { type Ten, TestChain } from "./testChain.ts";

/** As many as a devnet funds. */
const ACCOUNTS = 10;

export type StartOptions = {
  /** The project's folder; where the test runs unless told. */
  readonly root?: string;
};

/** Starts a chain for this test file, with all tiers, on a free port of this machine alone. */
export async function startChain({ root = process.cwd() }: StartOptions = {}): Promise<TestChain> {
  const node = await startNode({
    spec: DEVNET,
    host: "127.0.0.1",
    port: 0,
    dataFolder: undefined,
    imageFolder: DEFAULT_STORE,
    intervalMs: undefined,
    logLevel: "silent",
  });
  const chain = defineChain({
    id: Number(node.chainId),
    name: "DelChain devnet",
    nativeCurrency: { name: "DEL", symbol: "DEL", decimals: 18 },
    rpcUrls: { default: { http: [node.url] } },
  });
  const accounts = Array.from({ length: ACCOUNTS }, (_, addressIndex) =>
    mnemonicToAccount(DEVNET_MNEMONIC, { addressIndex }),
  ) as unknown as Ten<HDAccount>;
  return new TestChain({ node, chain, accounts, root });
}
