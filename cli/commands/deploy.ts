import {
  type Abi,
  type AbiParameter,
  encodeAbiParameters,
  formatEther,
  getContractAddress,
  type Hex,
} from "viem";
import { CommandError } from "../commandError.ts";
import { EXIT } from "../exitCodes.ts";
import { color, type Output } from "../output.ts";
import { amountOf, parseArguments } from "../project/abiArguments.ts";
import { waitForReceipt } from "../project/callProgress.ts";
import { explainedCallError, openChain } from "../project/chainClient.ts";
import { outputOf } from "../project/contractOf.ts";
import { saveDeployment } from "../project/deployments.ts";
import { projectRoot } from "../project/projectRoot.ts";
import { type SignerOptions, signerOf } from "../project/signer.ts";
import { buildQuietly } from "./build.ts";

export type DeployOptions = SignerOptions & {
  readonly project?: string;
  readonly rpc: string;
  readonly value?: string;
  readonly dryRun: boolean;
  readonly json: boolean;
};

/**
 * Deploys a contract of the project by one creation transaction, whatever its language and tier, and remembers its
 * address for `call` and `send`. With `dryRun` it says what that would cost and where it would lie, and sends nothing.
 */
export async function deploy(
  name: string,
  words: readonly string[],
  options: DeployOptions,
  output: Output,
): Promise<void> {
  const root = projectRoot(options.project);
  await buildQuietly(root);
  const built = outputOf(root, name);
  const constructorInput = constructorInputOf(name, built.abi, words);
  const { chainId, reader, walletOf } = await openChain(options.rpc);
  const account = await signerOf(options, output);
  const transaction = {
    data: `${built.code}${constructorInput.slice(2)}` as Hex,
    value: amountOf(options.value),
  };
  const plan = await planOf().catch((error: unknown) => {
    throw explainedCallError(error, `deploying ${name}`);
  });
  const facts = { name, ...plan, codeHash: built.codeHash, chainId, deployer: account.address };
  if (options.dryRun) {
    if (options.json) output.json({ dryRun: true, ...facts });
    else printPlan(facts, output);
    return;
  }
  const hash = await walletOf(account)
    .sendTransaction({ ...transaction, gas: plan.gas, nonce: plan.nonce })
    .catch((error: unknown) => {
      throw explainedCallError(error, `deploying ${name}`);
    });
  const receipt = await waitForReceipt(reader, options.rpc, hash, output);
  if (receipt.status !== "success" || !receipt.contractAddress) {
    throw new CommandError(`deploying ${name} reverted in transaction ${hash}`, EXIT.failed);
  }
  const { contractAddress: address, gasUsed, blockNumber } = receipt;
  const { codeHash } = built;
  saveDeployment(root, chainId, name, {
    address,
    transactionHash: hash,
    codeHash,
    constructorInput,
  });
  if (options.json) {
    output.json({ name, address, transactionHash: hash, codeHash, chainId, gasUsed, blockNumber });
    return;
  }
  output.line(`${color.bold(name)} is at ${color.cyan(address)}`);
  output.line(`transaction ${hash}, block ${blockNumber}, ${gasUsed} gas`);

  async function planOf() {
    const [gas, nonce, { maxFeePerGas }] = await Promise.all([
      reader.estimateGas({ account, ...transaction }),
      reader.getTransactionCount({ address: account.address, blockTag: "pending" }),
      reader.estimateFeesPerGas(),
    ]);
    const address = getContractAddress({ from: account.address, nonce: BigInt(nonce) });
    const highestFee = gas * (maxFeePerGas ?? 0n);
    return { gas, nonce, address, highestFee, bytes: (transaction.data.length - 2) / 2 };
  }
}

function constructorInputOf(name: string, abi: Abi, words: readonly string[]): Hex {
  const inputs: readonly AbiParameter[] =
    abi.find((entry) => entry.type === "constructor")?.inputs ?? [];
  const values = parseArguments(`the constructor of ${name}`, inputs, words);
  return encodeAbiParameters(inputs, values);
}

function printPlan(
  facts: {
    readonly name: string;
    readonly address: string;
    readonly gas: bigint;
    readonly highestFee: bigint;
    readonly bytes: number;
    readonly codeHash: string;
    readonly deployer: string;
    readonly chainId: number;
  },
  output: Output,
): void {
  const row = (what: string, value: string) => output.line(`${color.dim(what.padEnd(12))}${value}`);
  row("contract", facts.name);
  row("chain id", String(facts.chainId));
  row("deployer", facts.deployer);
  row("address", facts.address);
  row("code hash", facts.codeHash);
  row("bytes", String(facts.bytes));
  row("gas", String(facts.gas));
  row("fee", `at most ${formatEther(facts.highestFee)} DEL`);
  output.note("Nothing was sent.");
}
