import type { RunningNode } from "@delchain/chain";
import { type BuildOutput, watchProject } from "@delchain/toolchain";
import { type AbiParameter, type Address, encodeAbiParameters, type Hex } from "viem";
import { CommandError } from "../commandError.ts";
import { type DevnetPlace, openDevnet } from "../openDevnet.ts";
import { color, noteColor, type Output } from "../output.ts";
import { parseArguments } from "../project/abiArguments.ts";
import { explainedCallError, openChain } from "../project/chainClient.ts";
import { saveDeployment } from "../project/deployments.ts";
import { linkPackages } from "../project/linkPackages.ts";
import { projectRoot } from "../project/projectRoot.ts";
import { signerOf } from "../project/signer.ts";
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
    await update();
    const watcher = watchProject(root, update);
    await Promise.race([stop, node.failed.then((error) => Promise.reject(error))]);
    watcher.close();
  } finally {
    noteStopping();
    await node.close();
  }
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
    for (const { output: built } of contracts) await update(session, built, output);
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    output.note(`${noteColor.red("error:")} ${error.message}`);
  }
  output.note(noteColor.dim("Watching for changes; Ctrl-C ends it."));
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
  const inputs: readonly AbiParameter[] =
    abi.find((entry) => entry.type === "constructor")?.inputs ?? [];
  const words = given.get(name) ?? [];
  if (inputs.length > 0 && words.length === 0) return undefined;
  return encodeAbiParameters(inputs, parseArguments(`the constructor of ${name}`, inputs, words));
}

async function deployNew(
  session: Session,
  built: BuildOutput,
  input: Hex,
  output: Output,
): Promise<Address> {
  const { reader, walletOf } = await openChain(session.node.url);
  const account = await signerOf({ account: "0" }, output);
  try {
    const data: Hex = `${built.code}${input.slice(2)}` as Hex;
    const hash = await walletOf(account).sendTransaction({ data });
    const { contractAddress } = await reader.waitForTransactionReceipt({ hash });
    const address = contractAddress as Address;
    remember(session, built, address, input, hash);
    return address;
  } catch (error) {
    throw explainedCallError(error, `deploying ${built.name}`);
  }
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
