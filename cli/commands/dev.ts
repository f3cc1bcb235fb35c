import type { RunningNode } from "@delchain/chain";
import { constructionCall, type PrintedLine } from "@delchain/sdk";
import {
  type BuildOutput,
  inLinkOrder,
  type LibraryAddresses,
  linkOutput,
  watchProject,
} from "@delchain/toolchain";
import type { Address, Hex } from "viem";
import { CommandError } from "../commandError.ts";
import { type DevnetPlace, openDevnet } from "../openDevnet.ts";
import { color, noteColor, type Output } from "../output.ts";
import { constructorInputOf, constructorParameters } from "../project/abiArguments.ts";
import { openChain } from "../project/chainClient.ts";
import { construct } from "../project/createContract.ts";
import { saveDeployment } from "../project/deployments.ts";
import { linkPackages } from "../project/linkPackages.ts";
import { followPrinted, printedAfter } from "../project/printed.ts";
import { projectRoot } from "../project/projectRoot.ts";
import { signerOf } from "../project/signer.ts";
import { tracedCallError } from "../project/sourceTrace.ts";
import { request } from "../rpcClient.ts";
import { noteStopping, stopSignal } from "../stopSignal.ts";
import { buildQuietly } from "./build.ts";

export type DevOptions = Pick<DevnetPlace, "port" | "data"> & {
  readonly project?: string;
  /** `Token 1000`: a contract with its constructor's arguments. */
  readonly deploy: readonly string[];
};

/** What is on the chain of a contract: it keeps its address and its state while its code is replaced. */
type Live = { readonly address: Address; readonly codeHash: Hex };

/**
 * Runs a devnet, deploys the project's contracts, and after every save puts the new code where the old one was: the
 * addresses stay, and so does what the contracts store. Until Ctrl-C.
 */
export async function dev(options: DevOptions, output: Output): Promise<void> {
  const root = projectRoot(options.project);
  linkPackages(root);
  const stop = stopSignal();
  output.note("Starting the devnet …");
  const { port, data } = options;
  const place = { host: "127.0.0.1", port, log: "warn" as const };
  const node = await openDevnet(data === undefined ? place : { ...place, data });
  const live = new Map<string, Live>();
  const update = () =>
    updateAll({ root, node, live, given: givenArguments(options.deploy) }, output);
  try {
    output.line(`${color.bold("DelChain devnet")} at ${color.cyan(node.url)}`);
    const watcher = watchProject(root, update);
    await watcher.first;
    const ended = Promise.race([stop, node.failed.then((error) => Promise.reject(error))]);
    await Promise.all([ended, followConsole(node.url, live, ended, output)]);
    watcher.close();
  } finally {
    noteStopping();
    await node.close();
  }
}

/** What contracts print, beside what is deployed; what gas estimates print is left out, since it is printed again. */
async function followConsole(
  rpc: string,
  live: ReadonlyMap<string, Live>,
  stop: Promise<unknown>,
  output: Output,
): Promise<void> {
  const nameOf = (address: string) =>
    [...live].find(([, one]) => one.address.toLowerCase() === address)?.[0] ?? address;
  const show = ({ contract, during, text }: PrintedLine): void => {
    if (during !== "query") output.line(`${color.dim(nameOf(contract))} ${text}`);
  };
  const { reader } = await openChain(rpc);
  await followPrinted({ reader, from: await printedAfter(reader, 0n) }, show, stop);
}

type Session = {
  readonly root: string;
  readonly node: RunningNode;
  readonly live: Map<string, Live>;
  readonly given: ReadonlyMap<string, readonly string[]>;
};

function givenArguments(deploy: readonly string[]): ReadonlyMap<string, readonly string[]> {
  return new Map(
    deploy.map((text) => {
      const [name = "", ...words] = text.split(/\s+/);
      return [name, words];
    }),
  );
}

/** Builds and puts on the chain what has changed. What fails is said, and the next save tries again. */
async function updateAll(session: Session, output: Output): Promise<void> {
  try {
    const { contracts } = await buildQuietly(session.root);
    for (const built of inLinkOrder(contracts.map((one) => one.output))) {
      await update(session, linkOutput(built, addressesOf(session.live)), output);
    }
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    output.note(`${noteColor.red("error:")} ${error.message}`);
  }
  output.note(noteColor.dim("Watching for changes; Ctrl-C ends it."));
}

/** Libraries are contracts of the project, too, and come first. */
function addressesOf(live: Session["live"]): LibraryAddresses {
  return Object.fromEntries([...live].map(([name, { address }]) => [name, address]));
}

async function update(session: Session, built: BuildOutput, output: Output): Promise<void> {
  const { name, codeHash } = built;
  const before = session.live.get(name);
  if (before?.codeHash === codeHash) return;
  const input = constructorInput(session, built);
  if (input === undefined) {
    const wanted = `its constructor takes arguments: --deploy "${name} …"`;
    output.note(noteColor.yellow(`${name} is not deployed, ${wanted}`));
    return;
  }
  const deployed = await deployNew(session, built, input, output);
  if (before === undefined) {
    await constructNew(session, built, deployed, output);
    session.live.set(name, { address: deployed, codeHash });
    output.line(`${color.bold(name)} is at ${color.cyan(deployed)}`);
    return;
  }
  // The new code goes where callers look for it, onto the state that is there.
  const { url } = session.node;
  const code = await request<Hex>(url, "eth_getCode", [deployed, "latest"]);
  await request(url, "anvil_setCode", [before.address, code]);
  session.live.set(name, { address: before.address, codeHash });
  remember(session, built, before.address, input);
  output.line(`${color.bold(name)} is new at ${color.cyan(before.address)}, its state kept`);
}

/** `undefined` when arguments are wanted and none were given. */
function constructorInput({ given }: Session, { name, abi }: BuildOutput): Hex | undefined {
  const words = given.get(name) ?? [];
  if (constructorParameters(abi).length > 0 && words.length === 0) return undefined;
  return constructorInputOf(name, abi, words);
}

async function deployNew(
  session: Session,
  built: BuildOutput,
  input: Hex,
  output: Output,
): Promise<Address> {
  const { reader, walletOf } = await openChain(session.node.url);
  const account = await signerOf({ account: "0" }, output);
  const data: Hex = `${built.code}${input.slice(2)}` as Hex;
  try {
    const hash = await walletOf(account).sendTransaction({ data });
    const { contractAddress } = await reader.waitForTransactionReceipt({ hash });
    const address = contractAddress as Address;
    remember(session, built, address, input, hash);
    return address;
  } catch (error) {
    const place = { root: session.root, rpc: session.node.url };
    const sent = { from: account.address, data };
    throw await tracedCallError(error, `deploying ${built.name}`, place, sent);
  }
}

/** A container's constructor runs in a call of its own. */
async function constructNew(
  { node }: Session,
  { name, abi, metadata: { tier } }: BuildOutput,
  address: Address,
  output: Output,
): Promise<void> {
  const data = constructionCall({ tier, abi });
  if (data === undefined) return;
  const account = await signerOf({ account: "0" }, output);
  await construct(address, { name, account, data }, await openChain(node.url), node.url, output);
}

/** So that `delchain call` and `send` find it. */
function remember(
  { root, node }: Session,
  { name, codeHash }: BuildOutput,
  address: Address,
  input: Hex,
  hash?: Hex,
): void {
  const deployment = { address, codeHash, constructorInput: input };
  const created = hash === undefined ? deployment : { ...deployment, transactionHash: hash };
  saveDeployment(root, Number(node.chainId), name, created);
}
