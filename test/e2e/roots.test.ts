import assert from "node:assert/strict";
import { test } from "node:test";
import { MerklePatriciaTrie } from "@ethereumjs/mpt";
import {
  bytesToHex,
  type Hex,
  hexToBytes,
  keccak256,
  numberToHex,
  serializeTransaction,
  type Transaction,
  toRlp,
} from "viem";
import { tokenAbi } from "../../apps/tour/tokenAbi.ts";
import { type Devnet, devnetAccount, startDevnet } from "./support/devnet.ts";
import { deploy } from "./support/token.ts";

// A client that trusts nothing: it computes every hash of a block from what the node shows of it.

type Block = Readonly<Record<string, Hex>>;
type Log = { readonly address: Hex; readonly topics: readonly Hex[]; readonly data: Hex };
type Receipt = Readonly<Record<"type" | "status" | "cumulativeGasUsed" | "logsBloom", Hex>> & {
  readonly logs: readonly Log[];
};

const HEADER =
  "parentHash sha3Uncles miner stateRoot transactionsRoot receiptsRoot logsBloom difficulty number gasLimit gasUsed timestamp extraData mixHash nonce baseFeePerGas withdrawalsRoot blobGasUsed excessBlobGas parentBeaconBlockRoot requestsHash";
const INTEGERS = new Set(
  "difficulty number gasLimit gasUsed timestamp baseFeePerGas blobGasUsed excessBlobGas".split(" "),
);

/** An RPC quantity as RLP wants integers. */
function integer(quantity: Hex): Hex {
  const value = BigInt(quantity);
  return value === 0n ? "0x" : numberToHex(value, { size: (value.toString(16).length + 1) >> 1 });
}

function headerHash(block: Block): Hex {
  const fields = HEADER.split(" ").map((name) => {
    const value = block[name] ?? "0x";
    return INTEGERS.has(name) ? integer(value) : value;
  });
  return keccak256(toRlp(fields));
}

async function rootOf(items: readonly Hex[]): Promise<Hex> {
  const trie = new MerklePatriciaTrie();
  for (const [index, item] of items.entries()) {
    await trie.put(hexToBytes(toRlp(integer(numberToHex(index)))), hexToBytes(item));
  }
  return bytesToHex(trie.root());
}

/** EIP-2718 and EIP-658. */
function encodeReceipt({ type, status, cumulativeGasUsed, logsBloom, logs }: Receipt): Hex {
  const entries = logs.map(({ address, topics, data }) => [address, [...topics], data]);
  const encoded = toRlp([integer(status), integer(cumulativeGasUsed), logsBloom, entries]);
  return type === "0x0" ? encoded : `0x0${BigInt(type)}${encoded.slice(2)}`;
}

function encodeTransaction(transaction: Transaction): Hex {
  const { input: data, to, gasPrice, r, s, v, yParity, ...fields } = transaction;
  const prices = transaction.type === "eip1559" ? {} : { gasPrice };
  const signature = yParity === undefined ? { r, s, v } : { r, s, yParity };
  // viem's own type of a transaction read is not the one of a transaction to write.
  return serializeTransaction({ ...fields, ...prices, data, to } as never, signature);
}

test("a client computes header hash, transactions root and receipts root of every block again", async () => {
  await using devnet = await startDevnet();
  const { reader, result } = devnet;
  await fillBlocks(devnet);
  const head = Number(await result<Hex>("eth_blockNumber"));
  let parentHash: Hex | undefined;
  let largest = 0;
  for (let number = 0; number <= head; number++) {
    const block = await result<Block>("eth_getBlockByNumber", numberToHex(number), false);
    const { transactions } = await reader.getBlock({
      blockNumber: BigInt(number),
      includeTransactions: true,
    });
    const receipts = await result<readonly Receipt[]>("eth_getBlockReceipts", block.hash);
    const raws = transactions.map(encodeTransaction);
    assert.deepEqual(
      {
        hash: headerHash(block),
        parentHash,
        transactions: raws.map((raw) => keccak256(raw)),
        transactionsRoot: await rootOf(raws),
        receiptsRoot: await rootOf(receipts.map(encodeReceipt)),
      },
      {
        hash: block.hash,
        parentHash: number === 0 ? undefined : block.parentHash,
        transactions: block.transactions,
        transactionsRoot: block.transactionsRoot,
        receiptsRoot: block.receiptsRoot,
      },
    );
    parentHash = block.hash;
    largest = Math.max(largest, raws.length);
  }
  assert.equal(largest, 18);
});

/** Blocks of one and of many transactions, of all types, of two tiers, that succeed and revert. */
async function fillBlocks(devnet: Devnet): Promise<void> {
  const { wallet, receipt, result } = devnet;
  const token = await deploy(devnet, "token-solidity");
  const wasm = await deploy(devnet, "token-c");
  // A block of all that follows, however slow the machine.
  await result("evm_setAutomine", false);
  const hashes: Hex[] = [];
  for (const account of [1, 2, 3]) {
    const { sendTransaction, writeContract } = wallet(account);
    const transfer = { to: devnetAccount(9).address, value: 1n, gas: 21_000n } as const;
    const call = { abi: tokenAbi, gas: 200_000n } as const;
    const args = [devnetAccount(1).address, 2n ** 200n] as const;
    hashes.push(
      await sendTransaction({ ...transfer, type: "legacy" }),
      await sendTransaction({ ...transfer, type: "eip2930" }),
      await sendTransaction({ ...transfer, type: "eip1559" }),
      await writeContract({ ...call, address: token.address, functionName: "mint", args }),
      await writeContract({ ...call, address: wasm.address, functionName: "mint", args }),
      await writeContract({ ...call, address: token.address, functionName: "transfer", args }),
    );
  }
  await result("evm_mine");
  const ends = await Promise.all(hashes.map(async (hash) => (await receipt(hash)).status));
  assert(ends.includes("reverted") && ends.includes("success"), ends.join(" "));
}
