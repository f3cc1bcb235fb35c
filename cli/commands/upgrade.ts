import { getContractLife } from "@delchain/sdk";
import { type BuildOutput, linkOutput } from "@delchain/toolchain";
import { type Address, isAddressEqual } from "viem";
import type { PrivateKeyAccount } from "viem/accounts";
import { CommandError } from "../commandError.ts";
import { EXIT } from "../exitCodes.ts";
import { color, noteColor, type Output } from "../output.ts";
import { openChain } from "../project/chainClient.ts";
import { changeVersion, checkChangesVersion, readVersion } from "../project/containerVersion.ts";
import { outputOf } from "../project/contractOf.ts";
import { createContract, type OpenChain, type Sent } from "../project/createContract.ts";
import { type Deployment, loadDeployment, saveDeployment } from "../project/deployments.ts";
import { addressesOf, createLibraries, planLibraries } from "../project/libraries.ts";
import { projectRoot } from "../project/projectRoot.ts";
import { publishSource } from "../project/publishSource.ts";
import { type SignerOptions, signerOf } from "../project/signer.ts";
import { layoutOf, layoutProblems } from "../project/storageLayout.ts";
import {
  callData,
  changeImplementation,
  checkUpgradeable,
  readProxy,
} from "../project/upgradeable.ts";
import { buildQuietly } from "./build.ts";

export type UpgradeOptions = SignerOptions & {
  readonly project?: string;
  readonly rpc: string;
  readonly call?: string;
  readonly dryRun: boolean;
  readonly unsafeLayout: boolean;
  readonly verify: boolean;
  /** As in `deploy`. */
  readonly library: readonly string[];
  readonly json: boolean;
};

/** What one kind of contract needs to change its code. */
type Way = {
  /** What runs now. */
  readonly before: Address;
  change(implementation: Address): Promise<Sent>;
};

type Session = {
  readonly root: string;
  readonly built: BuildOutput;
  readonly chain: OpenChain;
  readonly deployment: Deployment;
  readonly account: PrivateKeyAccount;
  readonly options: UpgradeOptions;
  readonly output: Output;
};

/**
 * Puts a contract's present code at the address where it was deployed; address and state stay. Contracts of the
 * synchronous tiers change behind the proxy that `deploy --upgradeable` made, containers by their own `upgradeTo`.
 * Throws `CommandError` when the signer may not, or when the new code reads what is stored in another way.
 */
export async function upgrade(
  name: string,
  options: UpgradeOptions,
  output: Output,
): Promise<void> {
  const root = projectRoot(options.project);
  await buildQuietly(root);
  const unlinked = outputOf(root, name);
  const chain = await openChain(options.rpc);
  const deployment = deploymentOf(root, chain.chainId, name);
  const account = await signerOf(options, output);
  const linking = { root, built: unlinked, given: options.library, account };
  const libraries = await planLibraries(linking, chain);
  const addresses = addressesOf(libraries);
  const built = linkOutput(unlinked, addresses);
  const session: Session = { root, built, chain, deployment, account, options, output };
  const way =
    built.metadata.tier === "container" ? await versionWay(session) : await proxyWay(session);
  const layout = checkedLayout(session);
  const { codeHash } = built;
  const { before } = way;
  const known = deployment.implementation?.address ?? deployment.address;
  const isSame = codeHash === deployment.codeHash && isAddressEqual(before, known);
  const facts = { name, address: deployment.address, before, codeHash };
  if (options.dryRun || isSame) {
    if (options.json) output.json({ dryRun: options.dryRun, isSame, ...facts });
    else output.line(isSame ? `${name} runs this code already` : `${name} can be upgraded`);
    if (options.dryRun) output.note("Nothing was sent.");
    return;
  }
  await createLibraries(root, libraries, account, chain, options.rpc, output);
  const created = await createContract(
    { name, account, data: built.code },
    chain,
    options.rpc,
    output,
  );
  const { address: implementation, transactionHash: creation } = created;
  const sent = await way.change(implementation);
  saveDeployment(root, chain.chainId, name, {
    ...deployment,
    codeHash,
    ...(layout && { layout }),
    ...(libraries.length > 0 && { libraries: addresses }),
    implementation: { address: implementation, transactionHash: creation },
  });
  if (options.json) output.json({ ...facts, implementation, ...sent });
  else {
    const { transactionHash, blockNumber, gasUsed } = sent;
    output.line(`${color.bold(name)} at ${color.cyan(deployment.address)} runs ${implementation}`);
    output.line(`transaction ${transactionHash}, block ${blockNumber}, ${gasUsed} gas`);
  }
  if (options.verify) await publishSource(root, built, created, options, output);
}

function deploymentOf(root: string, chainId: number, name: string): Deployment {
  const deployment = loadDeployment(root, chainId, name);
  if (deployment) return deployment;
  throw new CommandError(
    `${name} was not deployed on chain ${chainId} from this project: delchain deploy ${name} --upgradeable`,
    EXIT.usage,
  );
}

async function proxyWay({
  built,
  chain,
  deployment,
  account,
  options,
  output,
}: Session): Promise<Way> {
  const { name, abi } = built;
  const data = callData(name, abi, options.call);
  checkUpgradeable(name, abi);
  const { address: proxy } = deployment;
  if (deployment.implementation === undefined) {
    throw new CommandError(
      `${name} at ${proxy} cannot be upgraded: its code is fixed, because it was deployed without --upgradeable`,
      EXIT.usage,
    );
  }
  const { owner, admin, implementation: before } = await readProxy(proxy, chain.reader);
  if (owner !== account.address) {
    throw new CommandError(
      `${name} at ${proxy} is upgraded by ${owner} alone, and ${account.address} signs; name another with --account`,
      EXIT.failed,
    );
  }
  const change = { name, account, data, admin };
  return {
    before,
    change: (implementation) =>
      changeImplementation(proxy, implementation, change, chain, options.rpc, output),
  };
}

async function versionWay({
  built,
  chain,
  deployment,
  account,
  options,
  output,
}: Session): Promise<Way> {
  const { name, abi } = built;
  const { address } = deployment;
  if (options.call !== undefined) {
    throw new CommandError(
      `a container's new version runs from its next call on: delchain send ${name} ${options.call}, after the upgrade`,
      EXIT.usage,
    );
  }
  const { admin } = await getContractLife(chain.reader, { address });
  if (admin !== undefined) {
    throw new CommandError(
      `${name} changes its version by what its manifest says: deploy the new one beside it, then its admin ${admin} has delchain contract propose`,
      EXIT.usage,
    );
  }
  checkChangesVersion(name, abi);
  return {
    before: await readVersion(address, chain.reader),
    change: (implementation) =>
      changeVersion(address, implementation, { name, account }, chain, options.rpc, output),
  };
}

/** What lies in storage must be read as it was written. */
function checkedLayout({
  built,
  deployment,
  options,
  output,
}: Session): readonly string[] | undefined {
  const { name } = built;
  const layout = layoutOf(built);
  if (deployment.layout === undefined || layout === undefined) {
    const how = "the compiler does not tell its storage layout, which is not compared";
    output.note(noteColor.dim(`${name}: ${how}; append variables, and change none`));
    return layout;
  }
  const problems = layoutProblems(deployment.layout, layout);
  if (problems.length === 0) return layout;
  const text = `${name} would read what is stored in another way:\n  ${problems.join("\n  ")}`;
  if (!options.unsafeLayout) {
    throw new CommandError(
      `${text}\nAppend variables after the old ones, and keep theirs; or take the loss with --unsafe-layout`,
      EXIT.failed,
    );
  }
  output.note(noteColor.yellow(text));
  return layout;
}
