import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Address, Hash, Hex } from "viem";

/** Where a contract of the project was deployed last on one chain. */
export type Deployment = {
  readonly address: Address;
  /** How its variables lie in storage, if its compiler tells (storageLayout.ts). */
  readonly layout?: readonly string[];
  /** Of an upgradeable contract, whose `address` is its proxy: what runs now. */
  readonly implementation?: { readonly address: Address; readonly transactionHash: Hash };
  /** What created it; left out where `delchain dev` has put other code there since. */
  readonly transactionHash?: Hash;
  /** Of a contract that links libraries: their addresses by name. */
  readonly libraries?: Readonly<Record<string, Address>>;
  /** keccak-256 of the code that was sent, libraries linked, without constructor arguments. */
  readonly codeHash: Hex;
  /** ABI-encoded. */
  readonly constructorInput: Hex;
};

type Deployments = Readonly<Record<string, Deployment>>;

/** One file a chain, meant to be committed for chains that stay. */
function fileOf(root: string, chainId: number): string {
  return join(root, "deployments", `${chainId}.json`);
}

export function loadDeployment(
  root: string,
  chainId: number,
  name: string,
): Deployment | undefined {
  return loadAll(root, chainId)[name];
}

export function saveDeployment(
  root: string,
  chainId: number,
  name: string,
  deployment: Deployment,
): void {
  const all = { ...loadAll(root, chainId), [name]: deployment };
  const sorted = Object.fromEntries(Object.entries(all).sort(([a], [b]) => (a < b ? -1 : 1)));
  mkdirSync(join(root, "deployments"), { recursive: true });
  writeFileSync(fileOf(root, chainId), `${JSON.stringify(sorted, undefined, 2)}\n`);
}

function loadAll(root: string, chainId: number): Deployments {
  const file = fileOf(root, chainId);
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Deployments) : {};
}
