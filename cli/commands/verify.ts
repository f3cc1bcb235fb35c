import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decodeEnvelope, fromHex, isEnvelope, toHex } from "@delchain/runtime";
import {
  type BuildOutput,
  buildProject,
  compareLibrary,
  type LibraryAddresses,
  linkOutput,
  linksIn,
  loadProject,
  otherSdkFiles,
  unpackSource,
} from "@delchain/toolchain";
import {
  type AbiParameter,
  type Address,
  decodeAbiParameters,
  getAddress,
  type Hash,
  type Hex,
  isAddress,
  isHash,
} from "viem";
import { CommandError } from "../commandError.ts";
import { EXIT } from "../exitCodes.ts";
import { color, noteColor, type Output } from "../output.ts";
import { valueText } from "../project/abiValues.ts";
import { explainedBuildError } from "../project/buildErrors.ts";
import { openChain, type Reader } from "../project/chainClient.ts";
import { type ContractOptions, contractOf, outputOf } from "../project/contractOf.ts";
import { loadDeployment } from "../project/deployments.ts";
import { linkPackages } from "../project/linkPackages.ts";
import { projectRoot } from "../project/projectRoot.ts";
import { fetchSource } from "../project/publishedSource.ts";
import { publishSource } from "../project/publishSource.ts";
import type { SignerOptions } from "../project/signer.ts";
import { request } from "../rpcClient.ts";

export type VerifyOptions = Pick<ContractOptions, "address"> &
  SignerOptions & {
    readonly project?: string;
    readonly rpc: string;
    readonly transaction?: string;
    readonly publish: boolean;
    readonly json: boolean;
  };

/** Where a build of ours is expected, and what created it, if that is known. */
type Place = { readonly address: Address; readonly transactionHash: Hash | undefined };

type Verdict = {
  readonly isSame: boolean;
  readonly compared: string;
  readonly constructorInput?: Hex;
  /** Addresses of the libraries that it links, by name. */
  readonly libraries?: LibraryAddresses;
};

/**
 * Builds a contract anew and compares it with what was deployed, byte for byte: the data of its creation, or what the
 * chain keeps of a module or a manifest, and the code of the libraries that it links. By name the project is built, and
 * published when it is the same; by address what its deployer has published is. Throws `CommandError` of exit code 1 when
 * they differ.
 */
export async function verify(which: string, options: VerifyOptions, output: Output): Promise<void> {
  if (isAddress(which)) return verifyPublished(getAddress(which), options, output);
  const root = projectRoot(options.project);
  const built = await builtAnew(root, which);
  const place = await placeOf(root, which, options);
  await compare(root, built, place, options, output);
  if (options.publish) await publish(root, built, place, options, output);
}

/** Anybody may do so: nothing of it is believed but what the build gives. */
async function verifyPublished(
  address: Address,
  options: VerifyOptions,
  output: Output,
): Promise<void> {
  const { bundle, transactionHash, publisher } = await fetchSource(options.rpc, address);
  output.note(`published by ${publisher}; building ${bundle.name} …`);
  for (const file of otherSdkFiles(bundle)) {
    output.note(noteColor.yellow(`${file} is another here than where it was built`));
  }
  const folder = mkdtempSync(join(tmpdir(), "delchain-verify-"));
  try {
    unpackSource(bundle, folder);
    linkPackages(folder);
    const built = await builtAnew(folder, bundle.name);
    await compare(folder, built, { address, transactionHash }, options, output);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function builtAnew(root: string, name: string): Promise<BuildOutput> {
  try {
    await buildProject(loadProject(root), { isForced: true });
  } catch (error) {
    throw explainedBuildError(error);
  }
  return outputOf(root, name);
}

async function placeOf(root: string, name: string, options: VerifyOptions): Promise<Place> {
  const chain = await openChain(options.rpc);
  const told = options.transaction === undefined ? undefined : checkedHash(options.transaction);
  const deployment = loadDeployment(root, chain.chainId, name);
  // What runs behind a proxy is what was built.
  const own = deployment?.implementation ?? deployment;
  const given = options.address ?? own?.address;
  const address = (
    await contractOf(root, name, given === undefined ? {} : { address: given }, chain)
  ).address;
  const isOwn = own?.address.toLowerCase() === address.toLowerCase();
  return { address, transactionHash: told ?? (isOwn ? own?.transactionHash : undefined) };
}

async function compare(
  root: string,
  built: BuildOutput,
  { address, transactionHash }: Place,
  { rpc, json }: VerifyOptions,
  output: Output,
): Promise<void> {
  const { name, codeHash } = built;
  const verdict =
    transactionHash === undefined
      ? await comparePayload(built, address, rpc)
      : await compareCreation(root, built, { address, hash: transactionHash }, rpc);
  const { language, tier, toolchain } = built.metadata;
  const args = constructorText(built, verdict.constructorInput);
  if (json) {
    output.json({ name, address, ...verdict, codeHash, language, tier, toolchain });
  } else {
    const mark = verdict.isSame ? color.green("the same") : color.red("different");
    output.line(`${name} at ${address}: ${mark} (${verdict.compared})`);
    const tools = Object.entries(toolchain).map(([tool, version]) => `${tool} ${version}`);
    output.line(`built by ${tools.join(", ")} for the ${tier} tier, code hash ${codeHash}`);
    for (const [library, at] of Object.entries(verdict.libraries ?? {})) {
      output.line(`linked with ${library} at ${at}`);
    }
    if (args !== undefined) output.line(`constructor arguments: ${args}`);
  }
  if (!verdict.isSame) {
    throw new CommandError(
      `these sources, compiled by these tools, do not give what lies at ${address}`,
      EXIT.failed,
    );
  }
}

/** Publishing is the deployer's; that somebody else verifies is no failure. */
async function publish(
  root: string,
  built: BuildOutput,
  { address, transactionHash }: Place,
  options: VerifyOptions,
  output: Output,
): Promise<void> {
  if (transactionHash === undefined) {
    output.note("not published: name what created it with --transaction");
    return;
  }
  try {
    await publishSource(root, built, { address, transactionHash }, options, output);
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    output.note(noteColor.yellow(`not published: ${error.message}`));
  }
}

function checkedHash(text: string): Hash {
  if (isHash(text)) return text;
  throw new CommandError(
    `--transaction ${text} is no transaction hash: it takes 0x and 64 hex digits`,
    EXIT.usage,
  );
}

async function compareCreation(
  root: string,
  built: BuildOutput,
  { address, hash }: { readonly address: Address; readonly hash: Hash },
  rpc: string,
): Promise<Verdict> {
  const { reader } = await openChain(rpc);
  const [transaction, receipt] = await Promise.all([
    reader.getTransaction({ hash }),
    reader.getTransactionReceipt({ hash }),
  ]).catch(() => {
    throw new CommandError(`this chain has no transaction ${hash}`, EXIT.failed);
  });
  if (receipt.contractAddress?.toLowerCase() !== address.toLowerCase()) {
    throw new CommandError(`transaction ${hash} did not create ${address}`, EXIT.usage);
  }
  const { input } = transaction;
  // Which addresses it was linked with, its creation says; what they must run, the sources say.
  const libraries = linksIn(built, input);
  const { code } = linkOutput(built, libraries);
  const compared = "the data of its creation";
  if (!input.startsWith(code)) return { isSame: false, compared };
  const constructorInput: Hex = `0x${input.slice(code.length)}`;
  if (Object.keys(libraries).length === 0) return { isSame: true, compared, constructorInput };
  const other = await otherLibrary(root, libraries, reader);
  return other === undefined
    ? { isSame: true, compared: `${compared}, and its libraries`, constructorInput, libraries }
    : { isSame: false, compared: `the library ${other}`, libraries };
}

/** The first of these libraries, or of those that they link, that does not run what the sources give. */
async function otherLibrary(
  root: string,
  libraries: LibraryAddresses,
  reader: Reader,
): Promise<string | undefined> {
  for (const [name, address] of Object.entries(libraries)) {
    const deployed = await reader.getCode({ address });
    const { isSame, links } = compareLibrary(outputOf(root, name), deployed ?? "0x");
    if (!isSame) return `${name} at ${address}`;
    const other = await otherLibrary(root, links, reader);
    if (other !== undefined) return other;
  }
  return undefined;
}

async function comparePayload(built: BuildOutput, address: string, rpc: string): Promise<Verdict> {
  const code = fromHex(built.code);
  if (!isEnvelope(code)) {
    throw new CommandError(
      `EVM code is compared by its creation, which is not known here: name its --transaction`,
      EXIT.usage,
    );
  }
  const payload = await request<Hex>(rpc, "del_getCode", [address]);
  const isSame = payload === toHex(decodeEnvelope(code).payload);
  return { isSame, compared: "what the chain keeps of it" };
}

function constructorText({ abi }: BuildOutput, input: Hex | undefined): string | undefined {
  const inputs: readonly AbiParameter[] =
    abi.find((entry) => entry.type === "constructor")?.inputs ?? [];
  if (input === undefined || inputs.length === 0) return undefined;
  const values = decodeAbiParameters(inputs, input);
  return inputs.map(({ name }, i) => `${name ?? i} ${valueText(values[i])}`).join(", ");
}
