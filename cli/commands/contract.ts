import {
  type ContractLife,
  contractsContract,
  explainFailure,
  getContractLife,
} from "@delchain/sdk";
import { type Address, type Hash, type Hex, isAddress } from "viem";
import { CommandError } from "../commandError.ts";
import { EXIT } from "../exitCodes.ts";
import { color, type Output } from "../output.ts";
import { amountOf } from "../project/abiArguments.ts";
import { waitForReceipt } from "../project/callProgress.ts";
import { explainedCallError, openChain } from "../project/chainClient.ts";
import { loadDeployment } from "../project/deployments.ts";
import { projectRoot } from "../project/projectRoot.ts";
import { signerOf } from "../project/signer.ts";
import { type Changing, type SystemOptions, sendSystemCall } from "../project/systemTransaction.ts";

export type LifeOptions = SystemOptions & { readonly project?: string };

// `delchain_migrate()` and `delchain_migrateBack()` (runtime/container/PROTOCOL.md, "Version").
const MIGRATE: Hex = "0xf4049769";
const MIGRATE_BACK: Hex = "0xb6849b1b";

/** How a container contract stands, what it waits for, and who may do what. */
export async function showLife(name: string, options: LifeOptions, output: Output): Promise<void> {
  const { reader, chainId } = await openChain(options.rpc);
  const address = addressOf(name, options, chainId);
  const life = await getContractLife(reader, { address });
  if (options.json) return output.json({ address, ...life });
  for (const [field, text] of rowsOf(life)) {
    if (text !== undefined) output.line(`${color.dim(field.padEnd(12))}${text}`);
  }
}

function rowsOf(life: ContractLife): readonly (readonly [string, string | undefined])[] {
  const { candidate, previous, rollbackUntil, paidUntil, approvers } = life;
  const funding = life.funding === "funded" ? "" : `, ${life.funding}`;
  const busy = life.isRollingBack ? ", going back" : life.isSwitching ? ", switching" : "";
  return [
    ["status", color.bold(`${life.status}${funding}${busy}`)],
    ["version", life.version ?? "what its program says"],
    ["admin", life.admin],
    ["approvers", approvers.length === 0 ? undefined : approvers.join(" ")],
    ["class", life.version && life.resourceClass],
    [
      "escrow",
      life.version &&
        `${life.escrow} wei${life.deposit > 0n ? `, of ${life.deposit} before it runs` : ""}`,
    ],
    ["costs", life.rate > 0n ? `${life.rate} wei a block` : undefined],
    [
      "kept by",
      life.keepers.length === 0
        ? undefined
        : life.keepers.map(keeperText).join(`\n${" ".repeat(12)}`),
    ],
    ["paid until", paidUntil === undefined ? undefined : `block ${paidUntil}`],
    ["candidate", candidate && `${candidate.version}, manifest ${candidate.manifest}`],
    ["  approved", candidate && `${candidate.approvals} of ${candidate.approvalsNeeded}`],
    ["  ready", candidate && `${candidate.ready} of ${candidate.readyNeeded} hosts`],
    ["  earliest", candidate && `block ${candidate.notBefore}`],
    [
      "contested",
      life.contestedIn === undefined
        ? undefined
        : `since block ${life.contestedIn}; 61 hosts judge it once more`,
    ],
    [
      "held until",
      life.heldUntil === undefined
        ? undefined
        : `block ${life.heldUntil}: nothing that it sends leaves before`,
    ],
    ["rollback", previous && `to ${previous} until block ${rollbackUntil}`],
  ];
}

function keeperText({ host, retainer }: ContractLife["keepers"][number]): string {
  return retainer > 0n ? `${host} for ${retainer} wei a block` : host;
}

/** Proposes the manifest of another container as the next version. */
export async function propose(
  name: string,
  version: string,
  options: LifeOptions,
  output: Output,
): Promise<void> {
  const done = `${version} is proposed; delchain contract status ${name} says what it waits for`;
  await change("propose", name, [addressIn(version)], { done }, options, output);
}

/** Approves a candidate with the manifest that it has on this chain, which is shown. */
export async function approve(
  name: string,
  version: string,
  { manifest, ...options }: LifeOptions & { readonly manifest?: string },
  output: Output,
): Promise<void> {
  const { reader } = await openChain(options.rpc);
  const own = await reader
    .readContract({
      ...contractsContract,
      functionName: "manifestOf",
      args: [addressIn(version)],
    })
    .catch((error: unknown) => {
      throw explainedCallError(error, "approve");
    });
  if (manifest !== undefined && manifest !== own) {
    throw new CommandError(`${version} has the manifest ${own}, not ${manifest}`, EXIT.failed);
  }
  const done = `${version} with manifest ${own} is approved`;
  await change("approve", name, [addressIn(version), own], { done }, options, output);
}

/** Says that a host has fetched, started and tested a version. */
export async function ready(
  name: string,
  version: string,
  host: Hash,
  options: LifeOptions,
  output: Output,
): Promise<void> {
  const done = `${host} is ready for ${version}`;
  await change("ready", name, [addressIn(version), host], { done }, options, output);
}

/** Says that a host keeps the version that runs, from now on. */
export async function keep(
  name: string,
  host: Hash,
  options: LifeOptions,
  output: Output,
): Promise<void> {
  const done = `${host} keeps ${name} and shares its rent`;
  await change("keep", name, [host], { done }, options, output);
}

/** What an admin does with a contract by its name alone. */
const DEEDS = {
  cancel: "the proposal is withdrawn",
  rollback:
    "it goes back when its queue is empty; a version with migrateBack waits for delchain contract migrate --back",
  suspend: "it takes no more calls",
  resume: "it takes calls again",
  retire: "it is retired",
} as const;

export async function act(
  deed: keyof typeof DEEDS,
  name: string,
  options: LifeOptions,
  output: Output,
): Promise<void> {
  await change(deed, name, [], { done: DEEDS[deed] }, options, output);
}

export async function topUp(
  name: string,
  amount: string,
  options: LifeOptions,
  output: Output,
): Promise<void> {
  const value = amountOf(amount);
  await change("topUp", name, [], { value, done: `${value} wei more` }, options, output);
}

/** Orders the call that switches a contract to its candidate, and waits for what becomes of it. */
export async function migrate(
  name: string,
  { back, ...options }: LifeOptions & { readonly back: boolean },
  output: Output,
): Promise<void> {
  const { reader, walletOf, chainId } = await openChain(options.rpc);
  const address = addressOf(name, options, chainId);
  const account = await signerOf(options, output);
  // A call that may not switch is refused by the block that would order it, and nobody is told.
  await reader
    .readContract({ ...contractsContract, functionName: "checkReady", args: [address] })
    .catch((error: unknown) => {
      throw explainedCallError(error, "migrate");
    });
  const hash = await walletOf(account)
    .sendTransaction({ to: address, data: back ? MIGRATE_BACK : MIGRATE })
    .catch((error: unknown) => {
      throw explainedCallError(error, "migrate");
    });
  const { status, blockNumber, gasUsed } = await waitForReceipt(reader, options.rpc, hash, output);
  if (status !== "success") {
    const why = (await explainFailure(reader, { hash })) ?? "it reverted";
    throw new CommandError(`the migration failed, and the version stays: ${why}`, EXIT.failed);
  }
  const { version } = await getContractLife(reader, { address });
  const facts = { address, version, transactionHash: hash, blockNumber, gasUsed };
  if (options.json) return output.json(facts);
  output.line(
    `${color.bold(name)} runs ${color.cyan(version ?? "")}; block ${blockNumber}, transaction ${hash}`,
  );
}

async function change(
  functionName: Changing<typeof contractsContract.abi>,
  name: string,
  args: readonly unknown[],
  { value = 0n, done }: { readonly value?: bigint; readonly done: string },
  options: LifeOptions,
  output: Output,
): Promise<void> {
  const { chainId } = await openChain(options.rpc);
  const target = addressOf(name, options, chainId);
  await sendSystemCall(
    {
      contract: contractsContract,
      functionName,
      args: [target, ...args],
      value,
      done: `${color.bold(name)}: ${done}`,
    },
    options,
    output,
  );
}

/** A contract by its address, or by its name as the project deployed it. */
function addressOf(name: string, options: LifeOptions, chainId: number): Address {
  if (isAddress(name, { strict: false })) return name;
  const deployment = loadDeployment(projectRoot(options.project), chainId, name);
  if (deployment) return deployment.address;
  throw new CommandError(
    `${name} is no address, and was not deployed on chain ${chainId} from this project`,
    EXIT.usage,
  );
}

function addressIn(word: string): Address {
  if (isAddress(word, { strict: false })) return word;
  throw new CommandError(`${word} is no address: 0x and 40 hex digits`, EXIT.usage);
}
