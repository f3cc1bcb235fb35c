import {
  type Address,
  type Chain,
  createTestClient,
  type Hex,
  type HttpTransport,
  http,
  type PublicActions,
  publicActions,
  type TestClient,
} from "viem";
import type { HDAccount } from "viem/accounts";
import { loadArtefacts } from "../../../apps/tour/artefacts.ts";
import { tokenAbi } from "../../../apps/tour/tokenAbi.ts";
import { type Devnet, devnetAccount } from "./devnet.ts";

type CheatClient = TestClient<"anvil" | "hardhat", HttpTransport, Chain> &
  PublicActions<HttpTransport, Chain>;

/** An address whose key nobody has. */
export const SOMEBODY: Address = "0x00000000000000000000000000000000000babe0";
export const alice: HDAccount = devnetAccount(0);
export const bob: HDAccount = devnetAccount(1);

/** viem's client for tests, as it speaks to either tool. */
export function testClient({ chain, url }: Devnet, mode: "anvil" | "hardhat"): CheatClient {
  const transport = http(url, { retryCount: 0 });
  return createTestClient({ chain, mode, transport, pollingInterval: 20, cacheTime: 0 }).extend(
    publicActions,
  ) as CheatClient;
}

/** The tour's token in one language, with 1,000 for Alice. */
export async function deployToken(devnet: Devnet, name: string): Promise<Address> {
  const { wallet, receipt } = devnet;
  const data = loadArtefacts().get(name)?.initCode();
  const { contractAddress } = await receipt(await wallet(0).sendTransaction({ data: data as Hex }));
  await receipt(await mint(devnet, contractAddress as Address, 1_000n));
  return contractAddress as Address;
}

export function mint(devnet: Devnet, address: Address, amount: bigint): Promise<Hex> {
  const args = [alice.address, amount] as const;
  return devnet.wallet(0).writeContract({ address, abi: tokenAbi, functionName: "mint", args });
}

export function balanceOf({ reader }: Devnet, address: Address, owner: Address): Promise<bigint> {
  const args = [owner] as const;
  return reader.readContract({ address, abi: tokenAbi, functionName: "balanceOf", args });
}
