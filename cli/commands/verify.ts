import { decodeEnvelope, fromHex, isEnvelope, toHex } from "@delchain/runtime";
import { type BuildOutput, buildProject, loadProject } from "@delchain/toolchain";
import { type AbiParameter, decodeAbiParameters, type Hash, type Hex, isHash } from "viem";
import { CommandError } from "../commandError.ts";
import { EXIT } from "../exitCodes.ts";
import { color, type Output } from "../output.ts";
import { valueText } from "../project/abiValues.ts";
import { explainedBuildError } from "../project/buildErrors.ts";
import { openChain, type Reader } from "../project/chainClient.ts";
import { type ContractOptions, contractOf, outputOf } from "../project/contractOf.ts";
import { loadDeployment } from "../project/deployments.ts";
import { projectRoot } from "../project/projectRoot.ts";
import { request } from "../rpcClient.ts";

export type VerifyOptions = Pick<ContractOptions, "address"> & {
  readonly project?: string;
  readonly rpc: string;
  readonly transaction?: string;
  readonly json: boolean;
};

type Verdict = {
  readonly isSame: boolean;
  readonly compared: string;
  readonly constructorInput?: Hex;
};

/**
 * Builds a contract anew and compares it with what was deployed, byte for byte: the data of its creation, or what the
 * chain keeps of a module or a manifest. Throws `CommandError` of exit code 1 when they differ.
 */
export async function verify(name: string, options: VerifyOptions, output: Output): Promise<void> {
  const root = projectRoot(options.project);
  try {
    await buildProject(loadProject(root), { isForced: true });
  } catch (error) {
    throw explainedBuildError(error);
  }
  const built = outputOf(root, name);
  const chain = await openChain(options.rpc);
  const { address } = await contractOf(root, name, options, chain);
  const deployment = loadDeployment(root, chain.chainId, name);
  const isOwn = deployment?.address.toLowerCase() === address.toLowerCase();
  const hash = options.transaction ?? (isOwn ? deployment?.transactionHash : undefined);
  const verdict =
    hash === undefined
      ? await comparePayload(built, address, options.rpc)
      : await compareCreation(built, address, checkedHash(hash), chain.reader);
  const { language, tier, toolchain } = built.metadata;
  const args = constructorText(built, verdict.constructorInput);
  if (options.json) {
    output.json({ name, address, ...verdict, codeHash: built.codeHash, language, tier, toolchain });
  } else {
    const mark = verdict.isSame ? color.green("the same") : color.red("different");
    output.line(`${name} at ${address}: ${mark} (${verdict.compared})`);
    const tools = Object.entries(toolchain).map(([tool, version]) => `${tool} ${version}`);
    output.line(`built by ${tools.join(", ")} for the ${tier} tier, code hash ${built.codeHash}`);
    if (args !== undefined) output.line(`constructor arguments: ${args}`);
  }
  if (!verdict.isSame) {
    throw new CommandError(
      `these sources, compiled by these tools, do not give what lies at ${address}`,
      EXIT.failed,
    );
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
  { code }: BuildOutput,
  address: string,
  hash: Hash,
  reader: Reader,
): Promise<Verdict> {
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
  const isSame = input.startsWith(code);
  const compared = "the data of its creation";
  return isSame
    ? { isSame, compared, constructorInput: `0x${input.slice(code.length)}` }
    : { isSame, compared };
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
