import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type BlockExecution,
  createExecutor,
  fromHex,
  toAddress,
  toHash,
  toHex,
} from "@delchain/runtime";
import { encodeFunctionData, parseAbi } from "viem";
import { encodeCall } from "../system/callData.ts";
import { SYSTEM_ADDRESS, systemCall } from "./systemCall.ts";
import { ALICE, TestChain } from "./testChain.ts";

const CONTRACT = toAddress(`0x${"5e".repeat(20)}`);
const executor = createExecutor({ tiers: [], transactionGasCap: 2 ** 26 });

function opened(chain: TestChain, code: `0x${string}`): BlockExecution {
  chain.view.set(CONTRACT, { nonce: 1n, code: fromHex(code) });
  return executor.openBlock(chain.context(), chain.view);
}

test("a system call comes from the system address, costs nobody anything and uses no nonce", () => {
  // CALLER to slot 0, ORIGIN to slot 1, returns CALLDATASIZE.
  const execution = opened(new TestChain(), "0x335f55326001553660005260206000f3");
  const { output, logs } = systemCall(execution, CONTRACT, fromHex("0x010203"));
  assert.deepEqual([BigInt(toHex(output)), logs], [3n, []]);
  const word = `0x${"00".repeat(12)}${SYSTEM_ADDRESS.slice(2)}`;
  const { accounts } = execution.diff();
  assert.deepEqual(
    accounts.map(({ address, balance, nonce }) => [address, balance, nonce]),
    [[CONTRACT, 0n, 1n]],
  );
  assert.deepEqual(
    accounts[0]?.slots.map(({ value }) => value),
    [word, word],
  );
});

test("a system call that fails stops the node: it is a bug of ours", () => {
  const execution = opened(new TestChain(), "0x5f5ffd");
  assert.throws(
    () => systemCall(execution, CONTRACT, fromHex("0x01")),
    /system call of 0x5e.* revert/,
  );
});

test("a transaction of the system comes from a contract, with its value, in the name of another origin", () => {
  const chain = new TestChain();
  const execution = opened(chain, "0x335f5532600155346002555f5ffd".replace("5f5ffd", "00") as "0x");
  const sender = toAddress(`0x${"c0".repeat(20)}`);
  execution.write({ address: sender, nonce: 1n, balance: 10n });
  const message = {
    type: 0,
    sender,
    origin: ALICE,
    to: CONTRACT,
    nonce: 0n,
    gasLimit: 100_000n,
    maxFeePerGas: 7n,
    maxPriorityFeePerGas: 7n,
    value: 4n,
    data: new Uint8Array(0),
    accessList: [],
  } as const;
  const [outcome] = execution.execute([message]);
  assert.equal(outcome?.status, "success");
  const contract = execution.diff().accounts.find(({ address }) => address === CONTRACT);
  assert.deepEqual(
    contract?.slots.map(({ value }) => BigInt(value)),
    [BigInt(sender), BigInt(ALICE), 4n],
  );
  assert.deepEqual(
    [execution.account(sender)?.balance, execution.account(sender)?.nonce],
    [6n, 1n],
  );
});

test("calldata is what Solidity's tools make of it", () => {
  const abi = parseAbi(["function settle(bytes32 id, bool success, uint256 spent, bytes result)"]);
  for (const length of [0, 1, 32, 33]) {
    const result = new Uint8Array(length).fill(7);
    const id = `0x${"ab".repeat(32)}` as const;
    assert.equal(
      toHex(encodeCall("settle(bytes32,bool,uint256,bytes)", [toHash(id), true, 5n, result])),
      encodeFunctionData({ abi, functionName: "settle", args: [id, true, 5n, toHex(result)] }),
    );
  }
});
