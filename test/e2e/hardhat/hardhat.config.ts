import { fileURLToPath } from "node:url";
import hardhatNodeTestRunner from "@nomicfoundation/hardhat-node-test-runner";
import hardhatViem from "@nomicfoundation/hardhat-viem";
import { defineConfig, type HardhatUserConfig } from "hardhat/config";

/** A project as Hardhat's users have them; of DelChain it knows the address of a node and nothing else. */
const config: HardhatUserConfig = defineConfig({
  plugins: [hardhatViem, hardhatNodeTestRunner],
  // The compiler of npm, so that nothing is downloaded.
  solidity: {
    version: "0.8.37",
    path: fileURLToPath(import.meta.resolve("solc/soljson.js")),
  },
  networks: {
    delchain: {
      type: "http",
      url: process.env.DELCHAIN_RPC ?? "http://127.0.0.1:8545",
      accounts: {
        mnemonic: "test test test test test test test test test test test junk",
      },
    },
  },
});

// biome-ignore lint/style/noDefaultExport: Hardhat looks for it.
export default config;
