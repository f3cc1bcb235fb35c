import assert from "node:assert/strict";
import { test } from "node:test";
import {
  BaseError,
  ContractFunctionRevertedError,
  createPublicClient,
  encodeFunctionData,
  type Hex,
  pad,
  parseEther,
  parseEventLogs,
  webSocket,
} from "viem";
import { relayAbi, tokenAbi } from "../../apps/tour/tokenAbi.ts";
import { devnetAccount, sharedDevnet } from "./support/devnet.ts";
import { deploy, send } from "./support/token.ts";

const alice = devnetAccount(0).address;
const bob = devnetAccount(1).address;
const TOKENS = ["token-solidity", "token-c", "token-assemblyscript", "token-rust"] as const;

test("viem sends transactions of types 0, 1 and 2 and reads them back with their receipts", async () => {
  const { wallet, reader, receipt } = await sharedDevnet();
  const stranger = pad("0x57", { size: 20 });
  for (const type of ["legacy", "eip2930", "eip1559"] as const) {
    const before = await reader.getBalance({ address: alice });
    const accessList = [{ address: stranger, storageKeys: [pad("0x1")] }];
    const request = { to: stranger, value: parseEther("1"), type } as const;
    const hash = await (type === "eip2930"
      ? wallet(0).sendTransaction({ ...request, type, accessList })
      : wallet(0).sendTransaction({ ...request, type }));
    const sent = await receipt(hash);
    const gasUsed = type === "eip2930" ? 21_000n + 2_400n + 1_900n : 21_000n;
    const transaction = await reader.getTransaction({ hash });
    const block = await reader.getBlock({ blockNumber: sent.blockNumber });
    assert.deepEqual(
      {
        type: sent.type,
        status: sent.status,
        gasUsed: sent.gasUsed,
        cumulativeGasUsed: sent.cumulativeGasUsed,
        from: sent.from,
        to: sent.to,
        contractAddress: sent.contractAddress,
        logs: sent.logs,
        logsBloom: sent.logsBloom,
        blockHash: sent.blockHash,
        transactionIndex: sent.transactionIndex,
        paid: before - (await reader.getBalance({ address: alice })),
      },
      {
        type,
        status: "success",
        gasUsed,
        cumulativeGasUsed: gasUsed,
        from: alice.toLowerCase(),
        to: stranger,
        contractAddress: null,
        logs: [],
        logsBloom: `0x${"00".repeat(256)}`,
        blockHash: block.hash,
        transactionIndex: 0,
        // The first account is the devnet's producer too: it gets the tip back, not the base fee.
        paid: parseEther("1") + gasUsed * (block.baseFeePerGas ?? 0n),
      },
    );
    assert.equal(transaction.type, type);
    assert.equal(transaction.gasPrice, sent.effectiveGasPrice);
    assert.deepEqual(block.transactions, [hash]);
  }
  assert.equal(await reader.getBalance({ address: stranger }), parseEther("3"));
});

for (const name of TOKENS) {
  test(`viem does not see in which tier ${name} runs`, async () => {
    const devnet = await sharedDevnet();
    const { reader, wallet } = devnet;
    const { address, receipt: created, hash } = await deploy(devnet, name);
    assert.equal((await reader.getTransaction({ hash })).to, null);
    assert.equal(created.to, null);
    const code = await reader.getCode({ address });
    assert((code?.length ?? 0) > 2, "a contract has code");
    assert.equal(code?.startsWith("0xefdc01"), name !== "token-solidity");

    const minted = await send(devnet, address, "mint", [alice, 100n]);
    const transfer = {
      address,
      abi: tokenAbi,
      functionName: "transfer",
      args: [bob, 40n],
    } as const;
    const estimated = await reader.estimateContractGas({ ...transfer, account: alice });
    const simulated = await reader.simulateContract({ ...transfer, account: alice });
    assert.equal(simulated.result, true);
    const sent = await devnet.receipt(
      await wallet(0).writeContract({ ...transfer, gas: estimated }),
    );
    assert.equal(sent.status, "success", "the estimate was enough");
    assert(sent.gasUsed <= estimated);

    const balanceOf = (owner: Hex) =>
      reader.readContract({ address, abi: tokenAbi, functionName: "balanceOf", args: [owner] });
    assert.deepEqual([await balanceOf(alice), await balanceOf(bob)], [60n, 40n]);
    const zero = pad("0x", { size: 20 });
    const events = parseEventLogs({ abi: tokenAbi, logs: [...minted.logs, ...sent.logs] });
    assert.deepEqual(
      events.map(({ args }) => args),
      [
        { from: zero, to: alice, value: 100n },
        { from: alice, to: bob, value: 40n },
      ],
    );
    const found = await reader.getContractEvents({
      address,
      abi: tokenAbi,
      eventName: "Transfer",
      args: { to: bob },
      fromBlock: 0n,
    });
    assert.deepEqual(
      found.map(({ transactionHash }) => transactionHash),
      [sent.transactionHash],
    );
  });

  test(`viem reads the reason of ${name}'s revert, in a call and from a failed transaction`, async () => {
    const devnet = await sharedDevnet();
    const { reader, wallet, receipt } = devnet;
    const { address } = await deploy(devnet, name);
    const call = {
      address,
      abi: tokenAbi,
      functionName: "transfer",
      args: [bob, 1n],
      account: devnetAccount(0),
    } as const;
    for (const attempt of [
      () => reader.simulateContract(call),
      () => reader.estimateContractGas(call),
      () => wallet(0).writeContract(call),
    ]) {
      await assert.rejects(attempt, hasReason("insufficient balance"));
    }
    // Sent all the same, it is in a block with status 0, has used gas and left nothing else.
    const { blockNumber, status, gasUsed, logs } = await receipt(
      await wallet(0).writeContract({ ...call, gas: 200_000n }),
    );
    assert.deepEqual(
      { status, logs, usedAll: gasUsed === 200_000n },
      { status: "reverted", logs: [], usedAll: false },
    );
    await assert.rejects(
      reader.simulateContract({ ...call, blockNumber }),
      hasReason("insufficient balance"),
    );
  });
}

test("viem sends one transaction from EVM through WebAssembly to EVM", async () => {
  const devnet = await sharedDevnet();
  const { wallet, receipt, reader } = devnet;
  const relay = await deploy(devnet, "relay-solidity");
  const forwarder = await deploy(devnet, "forwarder-c");
  const token = await deploy(devnet, "token-solidity");
  await send(devnet, token.address, "mint", [forwarder.address, 7n]);
  const args = [forwarder.address, token.address, bob, 5n] as const;
  const call = { address: relay.address, abi: relayAbi, functionName: "relay", args } as const;
  const { status, logs } = await receipt(await wallet(0).writeContract(call));
  assert.equal(status, "success");
  const events = parseEventLogs({ abi: [...tokenAbi, ...relayAbi], logs });
  assert.deepEqual(
    events.map(({ eventName, address }) => [eventName, address]),
    [
      ["Transfer", token.address],
      ["Relayed", relay.address],
    ],
  );
  const balance = await reader.readContract({
    address: token.address,
    abi: tokenAbi,
    functionName: "balanceOf",
    args: [bob],
  });
  assert.equal(balance, 5n);
  const again = { ...call, args: [forwarder.address, token.address, bob, 3n] } as const;
  await assert.rejects(wallet(0).writeContract(again), hasReason("insufficient balance"));
});

test("viem counts nonces over what waits, replaces what pays more, and takes a gap until it closes", async () => {
  const { wallet, reader, receipt } = await sharedDevnet();
  const carol = wallet(2);
  const nonce = await reader.getTransactionCount({ address: carol.account.address });
  const request = { to: bob, value: 1n, gas: 21_000n } as const;
  const later = await carol.sendTransaction({ ...request, nonce: nonce + 1 });
  assert.equal(await reader.getTransactionCount({ address: carol.account.address }), nonce);
  assert.equal((await reader.getTransaction({ hash: later })).blockNumber, null);
  const fees = { maxFeePerGas: 10n ** 11n, maxPriorityFeePerGas: 10n ** 10n };
  const richer = await carol.sendTransaction({ ...request, ...fees, nonce: nonce + 1 });
  const first = await carol.sendTransaction({ ...request, nonce });
  const [one, two] = [await receipt(first), await receipt(richer)];
  assert.deepEqual([one.status, two.status], ["success", "success"]);
  assert(one.blockNumber <= two.blockNumber);
  await assert.rejects(reader.getTransactionReceipt({ hash: later }), /could not be found/);
  assert.equal(await reader.getTransactionCount({ address: carol.account.address }), nonce + 2);
  const used = carol.sendTransaction({ ...request, nonce });
  await assert.rejects(used, (error) => {
    assert(error instanceof BaseError);
    return error.walk((inner) => (inner as Error).name === "NonceTooLowError") !== null;
  });
});

test("viem hears of heads and logs over a WebSocket, and by filters over HTTP", async () => {
  const devnet = await sharedDevnet();
  const { chain, wsUrl, reader } = devnet;
  const client = createPublicClient({ chain, transport: webSocket(wsUrl, { reconnect: false }) });
  const { address } = await deploy(devnet, "token-solidity");
  const filter = await reader.createContractEventFilter({ address, abi: tokenAbi });
  const heads = new Set<bigint>();
  let onHead: () => void = () => undefined;
  const stopHeads = client.watchBlocks({
    onBlock: ({ number }) => {
      heads.add(number);
      onHead();
    },
  });
  const heard = new Promise<readonly unknown[]>((resolve) => {
    client.watchContractEvent({
      address,
      abi: tokenAbi,
      eventName: "Transfer",
      onLogs: (logs) => resolve(logs.map(({ args }) => args.value)),
    });
  });
  await client.getChainId();
  const { blockNumber } = await send(devnet, address, "mint", [bob, 9n]);
  assert.deepEqual(await heard, [9n]);
  // viem asks for the block when it hears of its head, so it may come after the block's logs.
  while (!heads.has(blockNumber)) {
    await new Promise<void>((resolve) => {
      onHead = resolve;
    });
  }
  stopHeads();
  const changes = await reader.getFilterChanges({ filter });
  assert.deepEqual(
    changes.map(({ blockNumber: at }) => at),
    [blockNumber],
  );
  (await client.transport.getRpcClient()).close();
});

test("viem gets a plain error for what this node has no word for", async () => {
  const devnet = await sharedDevnet();
  const { error } = await devnet.call("eth_fillTransaction", {});
  assert.equal(error?.code, -32601);
  const data = encodeFunctionData({ abi: tokenAbi, functionName: "totalSupply" });
  const { result } = await devnet.call("eth_call", { to: pad("0x99", { size: 20 }), data });
  assert.equal(result, "0x", "an account without code answers nothing, as everywhere");
});

function hasReason(reason: string): (error: unknown) => boolean {
  return (error) => {
    assert(error instanceof BaseError, String(error));
    const reverted = error.walk((inner) => inner instanceof ContractFunctionRevertedError);
    assert(reverted instanceof ContractFunctionRevertedError, error.message);
    assert.equal(reverted.reason, reason);
    return true;
  };
}
