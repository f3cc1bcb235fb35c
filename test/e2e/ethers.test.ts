import assert from "node:assert/strict";
import { test } from "node:test";
import {
  Contract,
  ContractFactory,
  HDNodeWallet,
  isCallException,
  isError,
  JsonRpcProvider,
  parseEther,
  WebSocketProvider,
} from "ethers";
import { DEVNET_MNEMONIC } from "../../chain/index.ts";
import { devnetAccount, sharedDevnet } from "./support/devnet.ts";
import { artefact } from "./support/token.ts";

const ACCOUNT = 3;
const bob = devnetAccount(1).address;

async function connect(): Promise<{ provider: JsonRpcProvider; signer: HDNodeWallet }> {
  const { url } = await sharedDevnet();
  const provider = new JsonRpcProvider(url, undefined, { pollingInterval: 20, cacheTimeout: -1 });
  const path = `m/44'/60'/0'/0/${ACCOUNT}`;
  return {
    provider,
    signer: HDNodeWallet.fromPhrase(DEVNET_MNEMONIC, undefined, path).connect(provider),
  };
}

async function deployToken(signer: HDNodeWallet, name: string): Promise<Contract> {
  const { abi, initCode } = artefact(name);
  const factory = new ContractFactory(JSON.stringify(abi), initCode(), signer);
  const contract = await (await factory.deploy()).waitForDeployment();
  return new Contract(await contract.getAddress(), JSON.stringify(abi), signer);
}

test("ethers sends transactions of types 0, 1 and 2 and waits for their receipts", async () => {
  const { provider, signer } = await connect();
  for (const type of [0, 1, 2]) {
    const sent = await signer.sendTransaction({ to: bob, value: parseEther("0.5"), type });
    const receipt = await sent.wait();
    assert.deepEqual(
      [receipt?.type, receipt?.status, receipt?.gasUsed, receipt?.hash],
      [type, 1, 21_000n, sent.hash],
    );
    const read = await provider.getTransaction(sent.hash);
    // ethers recovers the sender from the signature that it was given, and compares the hash.
    assert.deepEqual([read?.from, read?.type], [signer.address, type]);
  }
  provider.destroy();
});

for (const name of ["token-solidity", "token-rust"]) {
  test(`ethers deploys ${name}, calls it, reads its events and decodes its revert`, async () => {
    const { provider, signer } = await connect();
    const token = await deployToken(signer, name);
    const minted = await token.getFunction("mint").send(signer.address, 10n);
    await minted.wait();
    const sent = await token.getFunction("transfer").send(bob, 4n);
    const receipt = await sent.wait();
    assert.equal(receipt?.logs.length, 1);
    assert.equal(await token.getFunction("balanceOf").staticCall(bob), 4n);
    const events = await token.queryFilter("Transfer", 0);
    assert.deepEqual(
      events.map((event) => ("args" in event ? event.args.toArray().slice(1) : [])),
      [
        [signer.address, 10n],
        [bob, 4n],
      ],
    );
    const estimate = await token.getFunction("transfer").estimateGas(bob, 1n);
    assert(estimate > 21_000n && estimate < 100_000n, `${estimate}`);
    for (const attempt of ["staticCall", "estimateGas", "send"] as const) {
      const tooMuch = Promise.resolve(token.getFunction("transfer")[attempt](bob, 7n));
      await assert.rejects(tooMuch, (error) => {
        assert(isCallException(error));
        assert.equal(error.reason, "insufficient balance");
        return true;
      });
    }
    provider.destroy();
  });
}

test("ethers knows the mempool's refusals by their codes", async () => {
  const { provider, signer } = await connect();
  await (await signer.sendTransaction({ to: bob })).wait();
  const used = signer.sendTransaction({ to: bob, nonce: 0, gasLimit: 21_000n });
  await assert.rejects(used, (error) => isError(error, "NONCE_EXPIRED"));
  const tooMuch = signer.sendTransaction({
    to: bob,
    value: parseEther("1000000"),
    gasLimit: 21_000n,
  });
  await assert.rejects(tooMuch, (error) => isError(error, "INSUFFICIENT_FUNDS"));
  const nonce = await signer.getNonce();
  const waiting = { to: bob, gasLimit: 21_000n, nonce: nonce + 2 };
  await signer.sendTransaction(waiting);
  const cheap = signer.sendTransaction({ ...waiting, value: 1n });
  await assert.rejects(cheap, (error) => isError(error, "REPLACEMENT_UNDERPRICED"));
  provider.destroy();
});

test("ethers over a WebSocket sees blocks, pending transactions and events", async () => {
  const { wsUrl } = await sharedDevnet();
  const { provider, signer } = await connect();
  const token = await deployToken(signer, "token-solidity");
  const socket = new WebSocketProvider(wsUrl);
  const listening = new Contract(await token.getAddress(), token.interface, socket);
  const event = new Promise((resolve) => {
    void listening.on("Transfer", (...args) => resolve(args.slice(0, 3)));
  });
  const block = new Promise<number>((resolve) => void socket.once("block", resolve));
  const pending = new Promise<string>((resolve) => void socket.once("pending", resolve));
  // An answer comes after those of the subscriptions that were asked for before it.
  await socket.getBlockNumber();
  const sent = await token.getFunction("mint").send(bob, 3n);
  assert.deepEqual(await event, [`0x${"00".repeat(20)}`, bob, 3n]);
  assert.equal(await pending, sent.hash);
  assert.equal(await block, (await sent.wait())?.blockNumber);
  await socket.destroy();
  provider.destroy();
});
