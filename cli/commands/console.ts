import { start } from "node:repl";
import { builtNames } from "@delchain/toolchain";
import { formatEther, formatGwei, getContract, parseEther, parseGwei } from "viem";
import { color, type Output } from "../output.ts";
import { openChain } from "../project/chainClient.ts";
import { outputOf } from "../project/contractOf.ts";
import { loadDeployment } from "../project/deployments.ts";
import { projectRoot } from "../project/projectRoot.ts";
import { type SignerOptions, signerOf } from "../project/signer.ts";

export type ConsoleOptions = SignerOptions & { readonly project?: string; readonly rpc: string };

/**
 * A prompt in JavaScript on the project's deployed contracts: `await Token.read.balanceOf([account.address])`. Ends
 * with Ctrl-D or `.exit`.
 */
export async function openConsole(options: ConsoleOptions, output: Output): Promise<void> {
  const root = projectRoot(options.project);
  const { chainId, reader, walletOf } = await openChain(options.rpc);
  const account = await signerOf(options, output);
  const wallet = walletOf(account);
  const contracts = Object.fromEntries(
    builtNames(root).flatMap((name) => {
      const deployment = loadDeployment(root, chainId, name);
      if (deployment === undefined) return [];
      const { abi } = outputOf(root, name);
      const { address } = deployment;
      return [[name, getContract({ address, abi, client: { public: reader, wallet } })]];
    }),
  );
  const units = { parseEther, formatEther, parseGwei, formatGwei };
  const known = { ...contracts, account, reader, wallet, ...units };
  output.line(`${color.bold("DelChain console")}, chain ${chainId} at ${options.rpc}`);
  output.line(`known here: ${Object.keys(known).join(", ")}`);
  const repl = start({ prompt: "delchain> ", useGlobal: false });
  Object.assign(repl.context, known);
  await new Promise<void>((resolve) => repl.on("exit", resolve));
}
