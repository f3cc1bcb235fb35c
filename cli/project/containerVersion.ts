import { explainFailure } from "@delchain/sdk";
import { type Abi, type Address, parseAbi, toFunctionSignature } from "viem";
import type { PrivateKeyAccount } from "viem/accounts";
import { CommandError } from "../commandError.ts";
import { EXIT } from "../exitCodes.ts";
import type { Output } from "../output.ts";
import { waitForReceipt } from "./callProgress.ts";
import { explainedCallError, type Reader } from "./chainClient.ts";
import type { OpenChain, Sent } from "./createContract.ts";
import { IMPLEMENTATION_SLOT, readAddressSlot } from "./erc1967.ts";

/** What a container's program offers to those who may change its version. */
const UPGRADE_ABI = parseAbi(["function upgradeTo(address implementation)"]);
const [UPGRADE] = UPGRADE_ABI;

/** The contract whose version a container runs: itself, until it was upgraded. */
export async function readVersion(contract: Address, reader: Reader): Promise<Address> {
  return (await readAddressSlot(contract, IMPLEMENTATION_SLOT, reader)) ?? contract;
}

/** Throws `CommandError` that says how a container becomes one that can be upgraded. */
export function checkChangesVersion(name: string, abi: Abi): void {
  const signature = toFunctionSignature(UPGRADE);
  const isThere = abi.some(
    (entry) => entry.type === "function" && toFunctionSignature(entry) === signature,
  );
  if (isThere) return;
  throw new CommandError(
    `${name} cannot be upgraded: a container changes its own version, by a function ${signature} that its program has to offer, and ${name} has none`,
    EXIT.usage,
  );
}

/** Lets a container run another's version from its next call on, if its program lets the account do so. */
export async function changeVersion(
  contract: Address,
  implementation: Address,
  { name, account }: { readonly name: string; readonly account: PrivateKeyAccount },
  { reader, walletOf }: OpenChain,
  rpc: string,
  output: Output,
): Promise<Sent> {
  const what = `${name}.${UPGRADE.name}`;
  const hash = await walletOf(account)
    .writeContract({
      address: contract,
      abi: UPGRADE_ABI,
      functionName: UPGRADE.name,
      args: [implementation],
    })
    .catch((error: unknown) => {
      throw explainedCallError(error, what);
    });
  const { status, gasUsed, blockNumber } = await waitForReceipt(reader, rpc, hash, output);
  if (status !== "success") {
    const why = (await explainFailure(reader, { hash })) ?? "it reverted";
    throw new CommandError(`${what} in ${hash}: ${why}`, EXIT.failed);
  }
  if ((await readVersion(contract, reader)) === implementation) {
    return { transactionHash: hash, gasUsed, blockNumber };
  }
  throw new CommandError(
    `${what} succeeded and did not write ERC-1967's slot, so ${contract} runs what it ran; the SDK's upgrade function does`,
    EXIT.failed,
  );
}
