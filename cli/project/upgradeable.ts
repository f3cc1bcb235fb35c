import { assert } from "@delchain/runtime";
import { compileSolidity } from "@delchain/solidity";
import {
  type Abi,
  type Address,
  encodeDeployData,
  encodeFunctionData,
  type Hex,
  parseAbi,
} from "viem";
import type { PrivateKeyAccount } from "viem/accounts";
import { CommandError } from "../commandError.ts";
import { EXIT } from "../exitCodes.ts";
import type { Output } from "../output.ts";
import { parseArguments } from "./abiArguments.ts";
import { waitForReceipt } from "./callProgress.ts";
import { explainedCallError, type Reader } from "./chainClient.ts";
import { functionOf } from "./contractOf.ts";
import { type Created, createContract, type OpenChain, type Sent } from "./createContract.ts";
import { ADMIN_SLOT, IMPLEMENTATION_SLOT, readAddressSlot } from "./erc1967.ts";

const PROXY_NAME = "TransparentUpgradeableProxy";
const PROXY_FILE = `@openzeppelin/contracts/proxy/transparent/${PROXY_NAME}.sol`;

/** Of the contract that a proxy listens to (ProxyAdmin.sol). */
const ADMIN_ABI = parseAbi([
  "function owner() view returns (address)",
  "function upgradeAndCall(address proxy, address implementation, bytes data) payable",
]);

/** Who changes what a proxy runs, and who may tell it to. */
export type ProxyState = {
  readonly implementation: Address;
  /** The contract that the proxy listens to. */
  readonly admin: Address;
  readonly owner: Address;
};

/**
 * Puts OpenZeppelin's transparent proxy before an implementation, owned by the account that sends, and runs `data` on
 * it, if there is any, in the same transaction.
 */
export async function createProxy(
  implementation: Address,
  { name, account, data }: { name: string; account: PrivateKeyAccount; data: Hex },
  chain: OpenChain,
  rpc: string,
  output: Output,
): Promise<Created> {
  const { abi, initCode } = await compiledProxy();
  const args = [implementation, account.address, data];
  const creation = encodeDeployData({ abi, bytecode: initCode, args });
  return createContract(
    { name: `the proxy of ${name}`, account, data: creation },
    chain,
    rpc,
    output,
  );
}

/** Reads a proxy. Throws `CommandError` when there is none at that address. */
export async function readProxy(proxy: Address, reader: Reader): Promise<ProxyState> {
  const [implementation, admin] = await Promise.all([
    readAddressSlot(proxy, IMPLEMENTATION_SLOT, reader),
    readAddressSlot(proxy, ADMIN_SLOT, reader),
  ]);
  if (implementation === undefined || admin === undefined) {
    throw new CommandError(
      `${proxy} is no upgradeable contract: its ERC-1967 slots are empty`,
      EXIT.failed,
    );
  }
  const owner = await reader.readContract({
    address: admin,
    abi: ADMIN_ABI,
    functionName: "owner",
  });
  return { implementation, admin, owner };
}

/** Lets a proxy run another implementation, and runs `data` on it, if there is any, in the same transaction. */
export async function changeImplementation(
  proxy: Address,
  implementation: Address,
  {
    name,
    account,
    data,
    admin,
  }: {
    readonly name: string;
    readonly account: PrivateKeyAccount;
    readonly data: Hex;
    readonly admin: Address;
  },
  chain: OpenChain,
  rpc: string,
  output: Output,
): Promise<Sent> {
  const hash = await chain
    .walletOf(account)
    .writeContract({
      address: admin,
      abi: ADMIN_ABI,
      functionName: "upgradeAndCall",
      args: [proxy, implementation, data],
    })
    .catch((error: unknown) => {
      throw explainedCallError(error, `upgrading ${name}`);
    });
  const { status, gasUsed, blockNumber } = await waitForReceipt(chain.reader, rpc, hash, output);
  if (status === "success") return { transactionHash: hash, gasUsed, blockNumber };
  throw new CommandError(`upgrading ${name} reverted in transaction ${hash}`, EXIT.failed);
}

/** `initialize 1000` as calldata: a function of the contract with its arguments. `0x` when nothing is to run. */
export function callData(name: string, abi: Abi, text: string | undefined): Hex {
  if (text === undefined) return "0x";
  const [word = "", ...words] = text.trim().split(/\s+/);
  const called = functionOf({ name, abi }, word);
  const args = parseArguments(`${name}.${called.name}`, called.inputs, words);
  return encodeFunctionData({ abi: [called], functionName: called.name, args });
}

/**
 * A constructor's arguments would go into the implementation's own storage, where the proxy never looks. Throws
 * `CommandError` that says what to do instead.
 */
export function checkUpgradeable(name: string, abi: Abi): void {
  const inputs = abi.find(({ type }) => type === "constructor");
  if (inputs?.type !== "constructor" || inputs.inputs.length === 0) return;
  throw new CommandError(
    `the constructor of ${name} takes arguments and cannot be upgradeable: it runs in the implementation's storage, not in the proxy's. ` +
      "Move it into a function that runs once, and name it: --call 'initialize …'",
    EXIT.usage,
  );
}

/** OpenZeppelin's sources are in its npm package; what they compile to is the same everywhere. */
async function compiledProxy(): Promise<{ readonly abi: Abi; readonly initCode: Hex }> {
  const files = { "Proxy.sol": `pragma solidity ^0.8.0; import "${PROXY_FILE}";` };
  const { contracts } = await compileSolidity({ files, root: import.meta.dirname });
  const found = contracts.find(({ file, name }) => file === PROXY_FILE && name === PROXY_NAME);
  assert(found, `${PROXY_FILE} has no contract ${PROXY_NAME}`);
  return found;
}
