import assert from "node:assert/strict";
import { after, test } from "node:test";
import { decodeRlp, keccak256, toHex } from "@delchain/runtime";
import {
  Contract,
  HDNodeWallet,
  isCallException,
  isError,
  JsonRpcProvider,
  WebSocketProvider,
} from "ethers";
import {
  BaseError,
  ContractFunctionRevertedError,
  createPublicClient,
  createWalletClient,
  defineChain,
  http,
  parseAbi,
  parseEther,
  toRlp,
  webSocket,
} from "viem";
import { mnemonicToAccount } from "viem/accounts";
import { DEVNET_MNEMONIC } from "../spec/devnet.ts";
import { startTestRpc, type TestRpc } from "./testSupport/startTestRpc.ts";
import { TOKEN_ABI, TOKEN_CODE, token } from "./testSupport/token.ts";

const rpc: TestRpc = await startTestRpc({ programs: new Map([[toHex(TOKEN_CODE), token]]) });
after(() => rpc.server.close());

const chain = defineChain({
  id: 31337,
  name: "test",
  nativeCurrency: { name: "DEL", symbol: "DEL", decimals: 18 },
  rpcUrls: { default: { http: [rpc.server.url] } },
});
const abi = parseAbi(TOKEN_ABI);
const account = mnemonicToAccount(DEVNET_MNEMONIC);
const other = mnemonicToAccount(DEVNET_MNEMONIC, { addressIndex: 1 });
const reader = createPublicClient({ chain, transport: http(), pollingInterval: 20 });
const wallet = createWalletClient({ chain, transport: http(), account });
const wsUrl = rpc.server.url.replace("http", "ws");

test("viem deploys, calls, estimates and reads receipts and logs", async () => {
  const deployment = await wallet.deployContract({ abi, bytecode: toHex(TOKEN_CODE) });
  const created = await reader.waitForTransactionReceipt({ hash: deployment });
  assert.equal(created.status, "success");
  const address = created.contractAddress;
  assert(address);
  assert.equal(await reader.getCode({ address }), toHex(TOKEN_CODE));
  const minted = await wallet.writeContract({ address, abi, functionName: "mint", args: [100n] });
  await reader.waitForTransactionReceipt({ hash: minted });
  const transfer = { address, abi, functionName: "transfer", args: [other.address, 40n] } as const;
  const gas = await reader.estimateContractGas({ ...transfer, account });
  assert.equal(gas, 21_000n + 68n * 16n + 30_000n);
  const sent = await wallet.writeContract(transfer);
  const receipt = await reader.waitForTransactionReceipt({ hash: sent });
  assert.equal(receipt.gasUsed, gas);
  const balance = await reader.readContract({
    address,
    abi,
    functionName: "balanceOf",
    args: [other.address],
  });
  assert.equal(balance, 40n);
  const [event] = await reader.getContractEvents({
    address,
    abi,
    fromBlock: 0n,
    eventName: "Transfer",
  });
  assert.deepEqual(event?.args, { from: account.address, to: other.address, amount: 40n });
  assert.equal(event.transactionHash, sent);
  const transaction = await reader.getTransaction({ hash: sent });
  assert.deepEqual(
    [transaction.type, transaction.blockNumber, transaction.transactionIndex, transaction.from],
    ["eip1559", receipt.blockNumber, 0, account.address.toLowerCase()],
  );
  assert.equal(transaction.gasPrice, receipt.effectiveGasPrice);
});

test("viem reads a revert's custom error, and from a transaction that would fail too", async () => {
  const address = "0x70aed00000000000000000000000000000000000";
  rpc.backend.install(address as never, TOKEN_CODE);
  const call = {
    address,
    abi,
    functionName: "transfer",
    args: [other.address, 1n],
    account,
  } as const;
  for (const attempt of [() => reader.simulateContract(call), () => wallet.writeContract(call)]) {
    await assert.rejects(attempt, (error) => {
      assert(error instanceof BaseError);
      const reverted = error.walk((inner) => inner instanceof ContractFunctionRevertedError);
      assert(reverted instanceof ContractFunctionRevertedError);
      assert.equal(reverted.data?.errorName, "Insufficient");
      assert.deepEqual(reverted.data?.args, [0n, 1n]);
      return true;
    });
  }
});

test("viem knows the pool's refusals by their words", async () => {
  const transfer = { to: other.address, value: 1n, gas: 21_000n, nonce: 0 } as const;
  const name = async (request: object): Promise<string> => {
    const error = await wallet.sendTransaction(request as never).catch((thrown: unknown) => thrown);
    assert(error instanceof BaseError);
    const known = error.walk((inner) => (inner as Error).name.endsWith("TooLowError"));
    return (known ?? error).name;
  };
  assert.equal(await name(transfer), "NonceTooLowError");
});

test("viem sends transactions of types 0, 1 and 2 and reads them as it sent them", async () => {
  for (const type of ["legacy", "eip2930", "eip1559"] as const) {
    const request = { to: other.address, value: parseEther("1"), type } as const;
    const hash = await wallet.sendTransaction(
      (type === "eip2930" ? { ...request, accessList: [] } : request) as never,
    );
    const transaction = await reader.getTransaction({ hash });
    assert.equal(transaction.type, type);
    assert.equal(transaction.value, parseEther("1"));
    const receipt = await reader.getTransactionReceipt({ hash });
    assert.deepEqual(
      [receipt.type, receipt.gasUsed, receipt.contractAddress],
      [type, 21_000n, null],
    );
  }
});

test("anybody computes a block's hash again from eth_getBlockByNumber", async () => {
  const block = (await rpc.result("eth_getBlockByNumber", "latest", false)) as Record<
    string,
    `0x${string}`
  >;
  const names =
    "parentHash sha3Uncles miner stateRoot transactionsRoot receiptsRoot logsBloom difficulty number gasLimit gasUsed timestamp extraData mixHash nonce baseFeePerGas withdrawalsRoot blobGasUsed excessBlobGas parentBeaconBlockRoot requestsHash";
  const integers =
    /^(difficulty|number|gasLimit|gasUsed|timestamp|baseFeePerGas|blobGasUsed|excessBlobGas)$/;
  const fields = names.split(" ").map((name) => {
    const value = block[name] ?? "0x";
    if (!integers.test(name)) return value;
    const digits = value.slice(2);
    return value === "0x0" ? "0x" : (`0x${digits.length % 2 ? "0" : ""}${digits}` as const);
  });
  const encoded = Buffer.from(toRlp(fields as `0x${string}`[]).slice(2), "hex");
  assert.equal(keccak256(encoded), block.hash);
  assert.equal((decodeRlp(encoded) as unknown[]).length, 21);
});

test("viem over a WebSocket sees heads, logs and pending transactions as they come", async () => {
  const client = createPublicClient({ chain, transport: webSocket(wsUrl, { reconnect: false }) });
  const address = "0x70aed00000000000000000000000000000000001";
  rpc.backend.install(address as never, TOKEN_CODE);
  const heads: bigint[] = [];
  let seen = (): void => undefined;
  const bothHeads = new Promise<void>((resolve) => {
    seen = () => heads.length === 2 && resolve();
  });
  const pending: string[] = [];
  const logged = new Promise<readonly unknown[]>((resolve) => {
    client.watchContractEvent({
      address,
      abi,
      eventName: "Transfer",
      onLogs: (logs) => resolve(logs.map(({ args }) => args)),
    });
  });
  client.watchBlocks({
    onBlock: ({ number }) => {
      heads.push(number);
      seen();
    },
  });
  client.watchPendingTransactions({ onTransactions: (hashes) => pending.push(...hashes) });
  // An answer comes after those of the subscriptions that were asked for before it.
  await client.getChainId();
  await wallet.writeContract({ address, abi, functionName: "mint", args: [9n] });
  const hash = await wallet.writeContract({
    address,
    abi,
    functionName: "transfer",
    args: [other.address, 9n],
  });
  assert.deepEqual(await logged, [{ from: account.address, to: other.address, amount: 9n }]);
  await bothHeads;
  const { number } = await client.getBlock();
  assert.deepEqual(heads, [number - 1n, number]);
  assert.equal(pending.at(-1), hash);
  (await client.transport.getRpcClient()).close();
});

test("viem's filters over HTTP see events", async () => {
  const address = "0x70aed00000000000000000000000000000000001";
  const filter = await reader.createContractEventFilter({ address, abi, eventName: "Transfer" });
  await wallet.writeContract({ address, abi, functionName: "transfer", args: [other.address, 0n] });
  const changes = await reader.getFilterChanges({ filter });
  assert.deepEqual(
    changes.map(({ args }) => args.amount),
    [0n],
  );
  assert.equal(await reader.uninstallFilter({ filter }), true);
});

test("ethers sends, waits, reads events and decodes reverts", async () => {
  const provider = new JsonRpcProvider(rpc.server.url, undefined, {
    pollingInterval: 20,
    cacheTimeout: -1,
  });
  const signer = HDNodeWallet.fromPhrase(DEVNET_MNEMONIC, undefined, "m/44'/60'/0'/0/2").connect(
    provider,
  );
  const address = "0x70aed00000000000000000000000000000000002";
  rpc.backend.install(address as never, TOKEN_CODE);
  const contract = new Contract(address, TOKEN_ABI, signer);
  const minted = await contract.getFunction("mint").send(5n);
  assert.equal((await minted.wait())?.status, 1);
  const sent = await contract.getFunction("transfer").send(other.address, 5n);
  const receipt = await sent.wait();
  assert.equal(receipt?.logs.length, 1);
  assert.equal(await contract.getFunction("balanceOf").staticCall(other.address), 5n);
  assert.equal((await contract.queryFilter("Transfer", 0)).length, 1);
  await assert.rejects(contract.getFunction("transfer").staticCall(other.address, 1n), (error) => {
    assert(isCallException(error));
    assert.equal(error.revert?.name, "Insufficient");
    return true;
  });
  const used = signer.sendTransaction({ to: other.address, nonce: 0, gasLimit: 21_000n });
  await assert.rejects(used, (error) => isError(error, "NONCE_EXPIRED"));
  const block = await provider.getBlock("latest", true);
  assert.equal(block?.prefetchedTransactions[0]?.hash, sent.hash);
  assert.equal((await provider.getFeeData()).maxPriorityFeePerGas, 1n);
  provider.destroy();
});

test("ethers over a WebSocket sees blocks and events", async () => {
  const provider = new WebSocketProvider(wsUrl);
  const address = "0x70aed00000000000000000000000000000000002";
  const contract = new Contract(address, TOKEN_ABI, provider);
  const seen = new Promise(
    (resolve) => void contract.on("Transfer", (...args) => resolve(args.slice(0, 3))),
  );
  const block = new Promise((resolve) => void provider.once("block", resolve));
  await provider.getBlockNumber();
  await wallet.writeContract({ address, abi, functionName: "transfer", args: [other.address, 0n] });
  assert.deepEqual(await seen, [account.address, other.address, 0n]);
  assert.equal(typeof (await block), "number");
  await contract.removeAllListeners();
  // The subscriptions' ends are on their way; what is sent after them comes back after them.
  await provider.send("eth_chainId", []);
  await provider.destroy();
});
