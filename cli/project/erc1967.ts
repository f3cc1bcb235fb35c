import { type Address, getAddress, type Hash, hexToBigInt, slice } from "viem";
import type { Reader } from "./chainClient.ts";

/** Where a proxy, or a container's own program, keeps what runs, and a proxy who may change that (ERC-1967). */
export const IMPLEMENTATION_SLOT: Hash =
  "0x360894a13ba1a3210667c828492db98dca3e2076cc3735a920a3ca505d382bbc";
export const ADMIN_SLOT: Hash =
  "0xb53127684a568b3173ae13b9f8a6016e243e63b6e8ee1178d6a717850b5d6103";

/** The address in a contract's slot; `undefined` when the slot is empty. */
export async function readAddressSlot(
  contract: Address,
  slot: Hash,
  reader: Reader,
): Promise<Address | undefined> {
  const word = (await reader.getStorageAt({ address: contract, slot })) ?? "0x0";
  return hexToBigInt(word) === 0n ? undefined : getAddress(slice(word, 12));
}
