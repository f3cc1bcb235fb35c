import {
  CONTAINER_PRICES,
  decodeEnvelope,
  fromHex,
  parseManifest,
  resourcesOf,
} from "@delchain/runtime";
import { constructionCall } from "@delchain/sdk";
import { type BuildOutput, type LibraryAddresses, linkOutput } from "@delchain/toolchain";
import { formatEther, getContractAddress, type Hex } from "viem";
import type { PrivateKeyAccount } from "viem/accounts";
import { CommandError } from "../commandError.ts";
import { EXIT } from "../exitCodes.ts";
import { color, type Output } from "../output.ts";
import { amountOf, constructorInputOf } from "../project/abiArguments.ts";
import { openChain, type Reader } from "../project/chainClient.ts";
import { outputOf } from "../project/contractOf.ts";
import { createContract } from "../project/createContract.ts";
import { saveDeployment } from "../project/deployments.ts";
import { addressesOf, createLibraries, planLibraries } from "../project/libraries.ts";
import { projectRoot } from "../project/projectRoot.ts";
import { publishSource } from "../project/publishSource.ts";
import { type SignerOptions, signerOf } from "../project/signer.ts";
import { tracedCallError } from "../project/sourceTrace.ts";
import { layoutOf } from "../project/storageLayout.ts";
import { callData, checkUpgradeable, createProxy } from "../project/upgradeable.ts";
import { buildQuietly } from "./build.ts";

export type DeployOptions = SignerOptions & {
  readonly project?: string;
  readonly rpc: string;
  readonly value?: string;
  readonly dryRun: boolean;
  /** Behind a proxy, so that `delchain upgrade` can change its code. */
  readonly upgradeable: boolean;
  /** What runs on an upgradeable contract as it is deployed: `initialize 1000`. */
  readonly call?: string;
  /** Publishes the source to the node. */
  readonly verify: boolean;
  /** Libraries that are there: NAME=ADDRESS or PATH:NAME=ADDRESS. */
  readonly library: readonly string[];
  readonly json: boolean;
};

/**
 * Deploys a contract of the project by one creation transaction, whatever its language and tier, and remembers its
 * address for `call` and `send`; libraries that it links go before it. With `dryRun` it says what that would cost and
 * where it would lie, and sends nothing.
 */
export async function deploy(
  name: string,
  words: readonly string[],
  options: DeployOptions,
  output: Output,
): Promise<void> {
  const root = projectRoot(options.project);
  await buildQuietly(root);
  const unlinked = outputOf(root, name);
  const constructorInput = constructorInputOf(name, unlinked.abi, words);
  const initialization = initializationOf(name, unlinked, options);
  const chain = await openChain(options.rpc);
  const { chainId, reader } = chain;
  const account = await signerOf(options, output);
  const linking = { root, built: unlinked, given: options.library, account };
  const libraries = await planLibraries(linking, chain);
  const addresses = addressesOf(libraries);
  const built = linkOutput(unlinked, addresses);
  // In a dry run its libraries do not take their nonces.
  const ahead = options.dryRun ? libraries.filter(({ isMissing }) => isMissing).length : 0;
  if (!options.dryRun) {
    await createLibraries(root, libraries, account, chain, options.rpc, output);
  }
  const transaction = {
    data: `${built.code}${constructorInput.slice(2)}` as Hex,
    value: amountOf(options.value),
  };
  const plan = await planOf(reader, account, transaction, ahead).catch(async (error: unknown) => {
    const sent = { ...transaction, from: account.address };
    throw await tracedCallError(error, `deploying ${name}`, { root, rpc: options.rpc }, sent);
  });
  const classPrice = classPriceOf(built);
  const facts = {
    ...{ name, ...plan, codeHash: built.codeHash, chainId, deployer: account.address },
    ...(classPrice !== undefined && { classPrice }),
    ...(libraries.length > 0 && { libraries: addresses }),
  };
  if (options.dryRun) {
    if (options.json) output.json({ dryRun: true, ...facts });
    else printPlan(facts, output);
    if (options.upgradeable) output.note("Its proxy is a second transaction, at the next address.");
    return;
  }
  const { gas, nonce } = plan;
  const construction = constructionCall({ tier: built.metadata.tier, abi: built.abi });
  const created = await createContract(
    { name, account, ...transaction, gas, nonce, construction },
    chain,
    options.rpc,
    output,
  );
  const { codeHash } = built;
  const layout = layoutOf(built);
  const proxy = options.upgradeable
    ? await createProxy(
        created.address,
        { name, account, data: initialization },
        chain,
        options.rpc,
        output,
      )
    : undefined;
  const shown = proxy ?? created;
  saveDeployment(root, chainId, name, {
    address: shown.address,
    transactionHash: shown.transactionHash,
    codeHash,
    constructorInput,
    ...(layout && { layout }),
    ...(libraries.length > 0 && { libraries: addresses }),
    ...(proxy && {
      implementation: { address: created.address, transactionHash: created.transactionHash },
    }),
  });
  if (options.json) {
    const implementation = proxy && { implementation: created.address };
    output.json({ name, ...shown, ...implementation, codeHash, chainId });
  } else {
    const behind = proxy === undefined ? "" : `, and runs ${created.address}`;
    output.line(`${color.bold(name)} is at ${color.cyan(shown.address)}${behind}`);
    const { transactionHash, blockNumber, gasUsed } = shown;
    output.line(`transaction ${transactionHash}, block ${blockNumber}, ${gasUsed} gas`);
  }
  if (options.verify) await publishSource(root, built, created, options, output);
}

/** What a creation takes, and where it will lie; `ahead` are transactions that the sender sends before it. */
async function planOf(
  reader: Reader,
  account: PrivateKeyAccount,
  transaction: { readonly data: Hex; readonly value: bigint | undefined },
  ahead: number,
) {
  const [gas, pending, { maxFeePerGas }] = await Promise.all([
    reader.estimateGas({ account, ...transaction }),
    reader.getTransactionCount({ address: account.address, blockTag: "pending" }),
    reader.estimateFeesPerGas(),
  ]);
  const nonce = pending + ahead;
  const address = getContractAddress({ from: account.address, nonce: BigInt(nonce) });
  const highestFee = gas * (maxFeePerGas ?? 0n);
  return { gas, nonce, address, highestFee, bytes: (transaction.data.length - 2) / 2 };
}

/** What the proxy runs as it is created. Throws `CommandError` where there can be no proxy. */
function initializationOf(
  name: string,
  { abi, metadata }: BuildOutput,
  { upgradeable, call }: DeployOptions,
): Hex {
  if (!upgradeable) {
    if (call === undefined) return "0x";
    throw new CommandError(
      "--call runs on what --upgradeable deploys; without a proxy use the constructor, or delchain send",
      EXIT.usage,
    );
  }
  if (metadata.tier === "container") {
    throw new CommandError(
      `${name} is a container, which no proxy can run: it is upgradeable when its program has a function upgradeTo(address), without --upgradeable`,
      EXIT.usage,
    );
  }
  checkUpgradeable(name, abi);
  return callData(name, abi, call);
}

/** What each call of a container costs at least, by what its manifest asks for. */
function classPriceOf({ code, metadata }: BuildOutput): string | undefined {
  if (metadata.tier !== "container") return undefined;
  const { payload } = decodeEnvelope(fromHex(code));
  const { resourceClass } = resourcesOf(parseManifest(payload));
  return `${resourceClass}: ${CONTAINER_PRICES.call[resourceClass]} gas a call and host, beside the order`;
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
    readonly classPrice?: string;
    readonly libraries?: LibraryAddresses;
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
  if (facts.classPrice !== undefined) row("class price", facts.classPrice);
  for (const [library, address] of Object.entries(facts.libraries ?? {})) {
    row("library", `${library} at ${address}`);
  }
  row("gas", String(facts.gas));
  row("fee", `at most ${formatEther(facts.highestFee)} DEL`);
  output.note("Nothing was sent.");
}
