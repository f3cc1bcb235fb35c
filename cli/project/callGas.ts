import {
  addProfile,
  type ProfileSum,
  type ProjectLines,
  type RpcProfile,
} from "@delchain/toolchain";
import { type Address, encodeFunctionData, type Hex, numberToHex } from "viem";
import { CommandError } from "../commandError.ts";
import { EXIT } from "../exitCodes.ts";
import { openDevnet } from "../openDevnet.ts";
import type { Output } from "../output.ts";
import { request } from "../rpcClient.ts";
import {
  amountOf,
  constructorInputOf,
  constructorParameters,
  parseArguments,
} from "./abiArguments.ts";
import { openChain } from "./chainClient.ts";
import { functionOf, outputOf } from "./contractOf.ts";
import { createContract } from "./createContract.ts";
import { contractGas, printContract } from "./gasReport.ts";
import { signerOf } from "./signer.ts";
import { tracedCallError } from "./sourceTrace.ts";

export type GasCall = {
  readonly name: string;
  readonly functionName: string;
  readonly words: readonly string[];
};

export type GasCallOptions = {
  /** Contracts with their constructors' arguments, `Token 1000`; the called one too, if it takes any. */
  readonly deploy: readonly string[];
  readonly value?: string;
  readonly top?: number;
  readonly json: boolean;
};

type Creation = { readonly name: string; readonly data: Hex };

/**
 * Puts contracts on a devnet of its own, calls a function of one once, and says what each line cost. Throws
 * `CommandError` for arguments that do not fit, and when the call fails, after its report.
 */
export async function callGas(
  root: string,
  { name, functionName, words }: GasCall,
  project: ProjectLines,
  options: GasCallOptions,
  output: Output,
): Promise<void> {
  const { abi } = outputOf(root, name);
  const called = functionOf({ name, abi }, functionName);
  const what = `${name}.${called.name}`;
  const args = parseArguments(what, called.inputs, words);
  const value = amountOf(options.value);
  const creations = creationsOf(root, name, options.deploy);
  const node = await openDevnet({ host: "127.0.0.1", port: 0, log: "warn" });
  try {
    const rpc = node.url;
    const account = await signerOf({ account: "0" }, output);
    const chain = await openChain(rpc);
    const addresses = new Map<string, Address>();
    for (const creation of creations) {
      const { address } = await createContract({ ...creation, account }, chain, rpc, output);
      addresses.set(creation.name, address);
    }
    const address = addresses.get(name) as Address;
    const data = encodeFunctionData({ abi: [called], args });
    const call = { from: account.address, to: address, data, value };
    const params = [{ ...call, value: numberToHex(value) }, "latest", project.options];
    const profile = await request<RpcProfile>(rpc, "debug_traceCall", params);
    printCall(root, what, project, profile, options, output);
    if (profile.status === "success") return;
    const errors = abi.filter(({ type }) => type === "error");
    const functionCall = { abi: [called, ...errors], functionName: called.name, args };
    throw await chain.reader.simulateContract({ address, account, value, ...functionCall }).then(
      () => new CommandError(`${what} fails`, EXIT.failed),
      (error: unknown) => tracedCallError(error, what, { root, rpc }, call),
    );
  } finally {
    await node.close();
  }
}

/** In the order that they are named in, so that a constructor may be told where an earlier contract lies. */
function creationsOf(root: string, name: string, deploy: readonly string[]): readonly Creation[] {
  const given = deploy.map((text) => text.trim().split(/\s+/));
  const all = given.some(([first]) => first === name) ? given : [...given, [name]];
  return all.map(([contract = "", ...words]) => {
    const { abi, code } = outputOf(root, contract);
    if (words.length === 0 && constructorParameters(abi).length > 0) {
      throw new CommandError(
        `the constructor of ${contract} takes arguments: --deploy '${contract} …'`,
        EXIT.usage,
      );
    }
    const input = constructorInputOf(contract, abi, words);
    return { name: contract, data: `${code}${input.slice(2)}` as Hex };
  });
}

function printCall(
  root: string,
  what: string,
  project: ProjectLines,
  profile: RpcProfile,
  { top, json }: GasCallOptions,
  output: Output,
): void {
  const sum: ProfileSum = {};
  addProfile(sum, project, profile);
  const contracts = [...project.contracts].flatMap(([name, source]) => {
    const found = sum[name];
    return found === undefined ? [] : [contractGas(name, source, found)];
  });
  const { status, gasUsed, intrinsicGas, refundedGas, floorGas } = profile;
  const numbers = {
    gasUsed: Number(gasUsed),
    intrinsicGas: Number(intrinsicGas),
    refundedGas: Number(refundedGas),
    floorGas: Number(floorGas),
  };
  if (json) {
    output.json({ ok: status === "success", call: what, ...numbers, contracts });
    return;
  }
  const parts = [
    `${numbers.intrinsicGas} before it begins`,
    ...(numbers.refundedGas > 0 ? [`${numbers.refundedGas} given back at its end`] : []),
    ...(numbers.floorGas > 0 ? [`${numbers.floorGas} more for its calldata`] : []),
  ];
  output.line(`${what} uses ${numbers.gasUsed} gas: ${parts.join(", ")}`);
  for (const one of contracts) printContract(root, one, { where: "in the call", top }, output);
}
