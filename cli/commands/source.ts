import { existsSync, readdirSync } from "node:fs";
import { resolve } from "node:path";
import { type SourceBundle, unpackSource } from "@delchain/toolchain";
import { type Address, getAddress, isAddress } from "viem";
import { CommandError } from "../commandError.ts";
import { EXIT } from "../exitCodes.ts";
import { color, type Output } from "../output.ts";
import { openChain } from "../project/chainClient.ts";
import { loadDeployment } from "../project/deployments.ts";
import { projectRoot } from "../project/projectRoot.ts";
import { fetchSource } from "../project/publishedSource.ts";

export type SourceOptions = {
  readonly project?: string;
  readonly rpc: string;
  readonly out?: string;
  readonly json: boolean;
};

/** Prints the source that a contract's deployer has published, or writes it into a folder of its own. */
export async function source(which: string, options: SourceOptions, output: Output): Promise<void> {
  const folder = options.out === undefined ? undefined : emptyFolder(options.out);
  const address = await addressOf(which, options);
  const { bundle, publisher, transactionHash } = await fetchSource(options.rpc, address);
  if (folder !== undefined) unpackSource(bundle, folder);
  if (options.json) {
    output.json({ address, publisher, transactionHash, ...bundle });
    return;
  }
  const { name, language, tier, toolchain } = bundle;
  const tools = Object.entries(toolchain).map(([tool, version]) => `${tool} ${version}`);
  output.line(`${color.bold(name)} at ${address}: ${language}, ${tier} tier, ${tools.join(", ")}`);
  output.line(`published by ${publisher}, who deployed it in ${transactionHash}`);
  if (folder === undefined) printFiles(bundle, output);
  else output.line(`written to ${options.out}`);
  output.note(`\nWhether it is what runs there: delchain verify ${address}`);
}

/** A contract's name in the project, or any address. What runs behind an upgradeable contract is what has a source. */
async function addressOf(which: string, { project, rpc }: SourceOptions): Promise<Address> {
  if (isAddress(which)) return getAddress(which);
  const { chainId } = await openChain(rpc);
  const deployment = loadDeployment(projectRoot(project), chainId, which);
  if (deployment) return deployment.implementation?.address ?? deployment.address;
  throw new CommandError(
    `${which} was not deployed on chain ${chainId} from this project, and is no address`,
    EXIT.usage,
  );
}

function emptyFolder(out: string): string {
  const folder = resolve(out);
  if (!existsSync(folder) || readdirSync(folder).length === 0) return folder;
  throw new CommandError(`--out ${out} is not empty; nothing is written over`, EXIT.usage);
}

function printFiles({ files, packages }: SourceBundle, output: Output): void {
  for (const [path, text] of Object.entries(files)) {
    output.line(`\n${color.cyan(path)}\n${text.trimEnd()}`);
  }
  const names = Object.keys(packages);
  if (names.length > 0) output.line(`\n${color.cyan("from packages")}\n${names.join("\n")}`);
}
