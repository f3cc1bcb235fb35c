import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { before, test } from "node:test";
import type { HardhatViemHelpers } from "@nomicfoundation/hardhat-viem/types";
import { network } from "hardhat";
import {
  type Address,
  BaseError,
  ContractFunctionRevertedError,
  getAddress,
  type Hex,
  parseAbi,
  toHex,
} from "viem";

// Run by Hardhat on the network `delchain`.

const TOKEN = new URL("../../../../apps/tour/artefacts/token-c.wasm", import.meta.url);
const tokenAbi = parseAbi([
  "function mint(address to, uint256 amount)",
  "function balanceOf(address owner) view returns (uint256)",
]);

const abi = parseAbi([
  "function tip(address token, address to, uint256 amount)",
  "event Tipped(address indexed token, address indexed to, uint256 amount)",
  "error TooMuch(uint256 asked, uint256 owned)",
]);

let viem: HardhatViemHelpers;
let token: Address;

before(async () => {
  ({ viem } = await network.create());
  const reader = await viem.getPublicClient();
  const [wallet] = await viem.getWalletClients();
  assert.ok(wallet);
  // A WebAssembly module is its own init code.
  const hash: Hex = await wallet.sendTransaction({ data: toHex(readFileSync(TOKEN)) });
  const { contractAddress } = await reader.waitForTransactionReceipt({ hash });
  assert.ok(contractAddress);
  token = contractAddress;
});

async function settled(hash: Hex): Promise<void> {
  const reader = await viem.getPublicClient();
  const { status } = await reader.waitForTransactionReceipt({ hash, pollingInterval: 20 });
  assert.equal(status, "success");
}

test("a contract of a Hardhat project gives away tokens of a contract in C", async () => {
  const { address } = await viem.deployContract("Tipping");
  const [wallet, bob] = await viem.getWalletClients();
  assert.ok(wallet && bob);
  const to = bob.account.address;
  const mint = { address: token, abi: tokenAbi, functionName: "mint" } as const;
  await settled(await wallet.writeContract({ ...mint, args: [address, 100n] }));
  const tip = { address, abi, functionName: "tip" } as const;
  await settled(await wallet.writeContract({ ...tip, args: [token, to, 40n] }));
  const reader = await viem.getPublicClient();
  const balance = await reader.readContract({
    address: token,
    abi: tokenAbi,
    functionName: "balanceOf",
    args: [to],
  });
  assert.equal(balance, 40n);
  const [event] = await reader.getContractEvents({ address, abi, eventName: "Tipped" });
  assert.deepEqual(event?.args, { token: getAddress(token), to: getAddress(to), amount: 40n });
});

test("a custom error reaches the test by its name and arguments", async () => {
  const { address } = await viem.deployContract("Tipping");
  const [wallet, bob] = await viem.getWalletClients();
  assert.ok(wallet && bob);
  const args = [token, bob.account.address, 7n] as const;
  const reader = await viem.getPublicClient();
  const call = reader.simulateContract({ address, abi, functionName: "tip", args });
  await assert.rejects(call, (error) => {
    assert.ok(error instanceof BaseError);
    const revert = error.walk((cause) => cause instanceof ContractFunctionRevertedError);
    assert.ok(revert instanceof ContractFunctionRevertedError);
    assert.deepEqual([revert.data?.errorName, revert.data?.args], ["TooMuch", [7n, 0n]]);
    return true;
  });
});
