import {
  type BuildOutput,
  compareLibrary,
  type LibraryAddresses,
  librariesOf,
  linkOutput,
} from "@delchain/toolchain";
import { type Address, getAddress, getContractAddress, type Hex, isAddress } from "viem";
import type { PrivateKeyAccount } from "viem/accounts";
import { CommandError } from "../commandError.ts";
import { EXIT } from "../exitCodes.ts";
import { noteColor, type Output } from "../output.ts";
import { outputOf } from "./contractOf.ts";
import { createContract, type OpenChain } from "./createContract.ts";
import { loadDeployment, saveDeployment } from "./deployments.ts";

/** A library that a contract links: where it is, or where it will be. */
export type PlannedLibrary = {
  /** Linked itself. */
  readonly built: BuildOutput;
  readonly address: Address;
  /** Whether it must be deployed first. */
  readonly isMissing: boolean;
};

type LinkRequest = {
  readonly root: string;
  readonly built: BuildOutput;
  /** `--library` as it was typed: NAME=ADDRESS or PATH:NAME=ADDRESS. */
  readonly given: readonly string[];
  readonly account: PrivateKeyAccount;
};

/**
 * Where the libraries of a contract are, in the order in which they are deployed: where `--library` says, where this
 * project has deployed the same code already, else at the signer's next addresses. Throws `CommandError` for what was
 * given and does not fit.
 */
export async function planLibraries(
  { root, built, given, account }: LinkRequest,
  { chainId, reader }: OpenChain,
): Promise<readonly PlannedLibrary[]> {
  const load = (name: string): BuildOutput => outputOf(root, name);
  const told = givenAddresses(built.name, librariesOf(built, load), given);
  const libraries = librariesOf(built, (name) =>
    told.has(name) ? withoutLinks(load(name)) : load(name),
  );
  const codeAt = async (address: Address): Promise<Hex> =>
    (await reader.getCode({ address })) ?? "0x";
  const planned: PlannedLibrary[] = [];
  let nonce: number | undefined;
  for (const library of libraries) {
    const own = told.get(library.name);
    const linked = linkOutput(library, addressesOf(planned));
    if (own !== undefined) {
      if ((await codeAt(own)) === "0x") throw nothingThere(library.name, own, chainId);
      planned.push({ built: linked, address: own, isMissing: false });
      continue;
    }
    const known = loadDeployment(root, chainId, library.name);
    // A devnet that began anew may have something else there.
    if (
      known?.codeHash === linked.codeHash &&
      compareLibrary(library, await codeAt(known.address)).isSame
    ) {
      planned.push({ built: linked, address: known.address, isMissing: false });
      continue;
    }
    nonce ??= await reader.getTransactionCount({ address: account.address, blockTag: "pending" });
    const address = getContractAddress({ from: account.address, nonce: BigInt(nonce++) });
    planned.push({ built: linked, address, isMissing: true });
  }
  return planned;
}

/** A library that is there already needs none of its own libraries here. */
function withoutLinks(output: BuildOutput): BuildOutput {
  const { libraries: _, ...metadata } = output.metadata;
  return { ...output, metadata };
}

/** Addresses by name, as `linkOutput` takes them. */
export function addressesOf(libraries: readonly PlannedLibrary[]): LibraryAddresses {
  return Object.fromEntries(libraries.map(({ built, address }) => [built.name, address]));
}

/** Deploys the libraries that are missing, and remembers where they are. */
export async function createLibraries(
  root: string,
  libraries: readonly PlannedLibrary[],
  account: PrivateKeyAccount,
  chain: OpenChain,
  rpc: string,
  output: Output,
): Promise<void> {
  for (const { built, address, isMissing } of libraries) {
    if (!isMissing) continue;
    const { name, code, codeHash } = built;
    const created = await createContract({ name, account, data: code }, chain, rpc, output);
    if (created.address !== address) {
      throw new CommandError(
        `${name} is at ${created.address} instead of ${address}: somebody else sends with ${account.address}; try again`,
        EXIT.failed,
      );
    }
    const { transactionHash } = created;
    const deployment = { address, transactionHash, codeHash, constructorInput: "0x" as const };
    saveDeployment(root, chain.chainId, name, deployment);
    output.note(noteColor.dim(`the library ${name} is at ${address}`));
  }
}

/** Reads `--library` for a contract and the libraries that it links. Throws `CommandError` for what does not fit. */
export function givenAddresses(
  contract: string,
  libraries: readonly BuildOutput[],
  given: readonly string[],
): ReadonlyMap<string, Address> {
  return new Map(
    given.map((text) => {
      const [, path, name, address = ""] = /^(?:(.+):)?([^:=]+)=(.+)$/.exec(text) ?? [];
      if (!isAddress(address)) {
        throw new CommandError(
          `--library ${text} takes NAME=ADDRESS or PATH:NAME=ADDRESS, with an address of 0x and 40 hex digits`,
          EXIT.usage,
        );
      }
      const library = libraries.find(
        (one) => one.name === name && (path ?? one.metadata.source) === one.metadata.source,
      );
      if (library !== undefined) return [library.name, getAddress(address)];
      const names = libraries.map((one) => `${one.metadata.source}:${one.name}`).join(", ");
      throw new CommandError(
        `--library ${text}: ${contract} links no such library; it links ${names || "none"}`,
        EXIT.usage,
      );
    }),
  );
}

function nothingThere(name: string, address: Address, chainId: number): CommandError {
  return new CommandError(
    `--library ${name}: there is no code at ${address} on chain ${chainId}; leave the option out, and it is deployed`,
    EXIT.failed,
  );
}
