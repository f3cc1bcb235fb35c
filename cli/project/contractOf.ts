import { readFileSync } from "node:fs";
import { InvalidInput } from "@delchain/runtime";
import { type BuildOutput, loadOutput } from "@delchain/toolchain";
import {
  type Abi,
  type AbiFunction,
  type Address,
  getAddress,
  isAddress,
  toFunctionSignature,
} from "viem";
import { CommandError } from "../commandError.ts";
import { EXIT } from "../exitCodes.ts";
import type { Reader } from "./chainClient.ts";
import { loadDeployment } from "./deployments.ts";

export type ContractOptions = {
  readonly address?: string;
  /** A file with an ABI, or with one in its `abi`; for contracts of no project. */
  readonly abi?: string;
};

/** What a contract's name or address stands for on one chain. */
export type KnownContract = { readonly name: string; readonly address: Address; readonly abi: Abi };

/** A contract's build output as a command needs it. Throws `CommandError` that says how to build it. */
export function outputOf(root: string, name: string): BuildOutput {
  try {
    return loadOutput(root, name);
  } catch (error) {
    if (error instanceof InvalidInput) throw new CommandError(error.message, EXIT.usage);
    throw error;
  }
}

/**
 * The contract that a command means: by name as the project deployed it last on this chain, or at `--address`, with
 * the project's ABI or that of `--abi`. Throws `CommandError` when there is none at that address.
 */
export async function contractOf(
  root: string,
  name: string,
  options: ContractOptions,
  chain: { readonly chainId: number; readonly reader: Reader },
): Promise<KnownContract> {
  const abi = options.abi === undefined ? outputOf(root, name).abi : readAbi(options.abi);
  const address = addressOf(root, name, options.address, chain.chainId);
  const code = await chain.reader.getCode({ address });
  if (code === undefined || code === "0x") {
    throw new CommandError(
      `there is no contract at ${address} on chain ${chain.chainId}; deploy it with: delchain deploy ${name}`,
      EXIT.failed,
    );
  }
  return { name, address, abi };
}

function addressOf(
  root: string,
  name: string,
  given: string | undefined,
  chainId: number,
): Address {
  if (given !== undefined) {
    if (isAddress(given)) return getAddress(given);
    throw new CommandError(
      `--address ${given} is no address: it takes 0x and 40 hex digits`,
      EXIT.usage,
    );
  }
  const deployment = loadDeployment(root, chainId, name);
  if (deployment) return deployment.address;
  throw new CommandError(
    `${name} was not deployed on chain ${chainId} from this project; do so with delchain deploy ${name}, or name its --address`,
    EXIT.usage,
  );
}

/** The ABI in a file: JSON with a list, or with one in `abi`. Throws `CommandError` for anything else. */
export function readAbi(file: string): Abi {
  try {
    const value = JSON.parse(readFileSync(file, "utf8")) as Abi | { readonly abi: Abi };
    const abi = Array.isArray(value) ? value : (value as { readonly abi: Abi }).abi;
    if (Array.isArray(abi)) return abi;
  } catch {
    // Told below.
  }
  throw new CommandError(
    `--abi ${file} holds no ABI: it takes JSON with a list, or with one in abi`,
    EXIT.usage,
  );
}

/**
 * A function by its name, or by its signature where a name has several. Throws `CommandError` that lists what there
 * is.
 */
export function functionOf(
  { name, abi }: Pick<KnownContract, "name" | "abi">,
  word: string,
): AbiFunction {
  const functions = abi.filter((entry) => entry.type === "function");
  const found = functions.filter(
    (entry) => entry.name === word || toFunctionSignature(entry) === word.replaceAll(" ", ""),
  );
  const [first, second] = found;
  if (first !== undefined && second === undefined) return first;
  const list = (found.length > 0 ? found : functions).map((entry) => toFunctionSignature(entry));
  throw new CommandError(
    found.length > 0
      ? `${name} has several functions ${word}: name one of ${list.join(", ")}`
      : `${name} has no function ${word}; it has ${list.join(", ") || "none"}`,
    EXIT.usage,
  );
}
