import assert from "node:assert/strict";
import type { Address, Hex, TransactionReceipt } from "viem";
import { type Artefact, loadArtefacts } from "../../../apps/tour/artefacts.ts";
import { tokenAbi } from "../../../apps/tour/tokenAbi.ts";
import type { Devnet } from "./devnet.ts";

type Clients = Pick<Devnet, "wallet" | "receipt">;

/** The tour's contract of that name. */
export function artefact(name: string): Artefact {
  const found = loadArtefacts().get(name);
  assert(found, `apps/tour has no ${name}; build it by npm run build:contracts`);
  return found;
}

/** Deploys by one ordinary creation transaction, whatever the tier. */
export async function deploy(
  { wallet, receipt }: Clients,
  name: string,
  account = 0,
): Promise<{
  readonly address: Address;
  readonly receipt: TransactionReceipt;
  readonly hash: Hex;
}> {
  const hash = await wallet(account).sendTransaction({ data: artefact(name).initCode() });
  const created = await receipt(hash);
  assert.equal(created.status, "success", `${name} was not deployed`);
  assert(created.contractAddress, `${name} has no address`);
  return { address: created.contractAddress, receipt: created, hash };
}

/** Calls the token at `address` as the mnemonic's account `account`, and waits for the receipt. */
export async function send(
  { wallet, receipt }: Clients,
  address: Address,
  functionName: "mint" | "transfer",
  args: readonly [Address, bigint],
  account = 0,
): Promise<TransactionReceipt> {
  const hash = await wallet(account).writeContract({ address, abi: tokenAbi, functionName, args });
  return receipt(hash);
}
