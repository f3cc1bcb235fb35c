import { type Chain, defineChain } from "viem";

/** The chain that `delchain devnet` runs on this machine, with container calls that settle within a second. */
export const devnet: Chain = defineChain({
  id: 31_337,
  name: "DelChain devnet",
  nativeCurrency: { name: "DEL", symbol: "DEL", decimals: 18 },
  rpcUrls: {
    default: { http: ["http://127.0.0.1:8545"], webSocket: ["ws://127.0.0.1:8545"] },
  },
  testnet: true,
});
