import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { before, test } from "node:test";
import { compileAssemblyScript } from "@delchain/assemblyscript";
import { compileC } from "@delchain/c";
import { compileJava } from "@delchain/java";
import {
  type Address,
  CODE_KINDS,
  type Executor,
  encodeEnvelope,
  fromHex,
  type Hash,
  toAddress,
  toHex,
} from "@delchain/runtime";
import { compileSolidity } from "@delchain/solidity";
import { type Abi, encodeFunctionData, getContractAddress, type Hex, parseAbi } from "viem";
import { createTierExecutor } from "../../chain/node/executors.ts";
import { DEVNET } from "../../chain/spec/devnet.ts";
import { toWord } from "../../chain/system/solidityStorage.ts";
import { readMessage, waitingId } from "../../chain/transition/messageState.ts";
import { ALICE, CONTAINER, sign, TestChain } from "../../chain/transition/testChain.ts";
import { listed } from "../../chain/transition/testMessages.ts";

// One contract that sends and is called back, in every language of the synchronous tiers: what it sends, what it pays
// and what it is told must be the same.

const CONTRACTS = new URL("./contracts/", import.meta.url);
const text = (path: string): string => readFileSync(new URL(path, CONTRACTS), "utf8");
const abi: Abi = parseAbi([
  "function post(address to, uint256 value, bytes data) payable returns (bytes32)",
  "function onMessage(bytes32 id, bool success, bytes result) payable",
]);
const FUNDS = 10n ** 17n;
const DATA = `0x${"ab".repeat(37)}` as const;
const MODULES = { c: "sender.c", assemblyscript: "sender.ts", java: "Sender.java" } as const;

let executor: Executor;
before(() => {
  executor = createTierExecutor(DEVNET);
});

const INIT_CODES: Readonly<Record<string, () => Promise<Hex>>> = {
  Solidity: async () => {
    const { contracts } = await compileSolidity({
      files: { "Sender.sol": text("solidity/Sender.sol") },
      root: import.meta.dirname,
    });
    const own = contracts.find(({ name }) => name === "Sender");
    assert(own);
    return own.initCode;
  },
  C: async () => wasm(await compileC({ main: "sender.c", files: filesOf("c") })),
  AssemblyScript: async () => {
    const files = filesOf("assemblyscript");
    return wasm((await compileAssemblyScript({ main: "sender.ts", files })).module);
  },
  Java: async () => wasm((await compileJava({ files: filesOf("java") })).module),
  PHP: async () => {
    const source = new TextEncoder().encode(text("php/Sender.php"));
    return toHex(encodeEnvelope(CODE_KINDS.php, source));
  },
};

function filesOf(language: keyof typeof MODULES): Record<string, string> {
  const file = MODULES[language];
  return { [file]: text(`${language}/${file}`) };
}

function wasm(module: Uint8Array): Hex {
  return toHex(encodeEnvelope(CODE_KINDS.wasm, module));
}

/** All that can be seen of a contract that posts to a container, and to an account whose call fails. */
async function play(initCode: Hex): Promise<unknown> {
  const chain = new TestChain(DEVNET, executor);
  const failing = toAddress(`0x${"fa".repeat(20)}`);
  chain.view.set(failing, { nonce: 1n, code: fromHex("0x5f5ffd") });
  const sender = toAddress(getContractAddress({ from: ALICE, nonce: 0n }).toLowerCase());
  const post = (to: Address, value: bigint) =>
    encodeFunctionData({ abi, functionName: "post", args: [to, value, DATA] });
  const sent = [
    await sign({ nonce: 0, data: initCode, gas: 20_000_000n }),
    await sign({ nonce: 1, to: sender, data: post(CONTAINER, 0n), value: FUNDS, gas: 5_000_000n }),
    await sign({ nonce: 2, to: sender, data: post(failing, 5n), gas: 5_000_000n }),
    // Nobody else says what became of a message.
    await sign({
      nonce: 3,
      to: sender,
      data: encodeFunctionData({ abi, functionName: "onMessage", args: [toWord(9n), true, "0x"] }),
      gas: 1_000_000n,
    }),
  ];
  const { receipts } = chain.run({ transactions: sent });
  const paid = FUNDS - chain.balance(sender);
  const waiting = [0n, 1n].map((at) => {
    const id: Hash = waitingId(chain.view, DEVNET.messagesAddress, at);
    return readMessage(chain.view, DEVNET.messagesAddress, id);
  });
  const delivered = [chain.run({}), chain.run({})].map(listed);
  const slots = [0n, 1n].map((slot) => chain.view.storage(sender, toWord(slot)));
  const status = receipts.map((receipt) => receipt.status);
  return { status, paid, waiting, delivered, slots, left: chain.balance(sender) > 0n };
}

let expected: unknown;
before(async () => {
  expected = await play(await (INIT_CODES.Solidity as () => Promise<Hex>)());
  const { status, slots } = expected as {
    readonly status: unknown;
    readonly slots: readonly Hash[];
  };
  assert.deepEqual(status, ["success", "success", "success", "failure"]);
  assert.notEqual(slots[0], toWord(0n));
  assert.equal(slots[1], toWord(0n));
});

for (const language of ["C", "AssemblyScript", "Java", "PHP"]) {
  test(`a contract in ${language} sends, pays and is called back as one in Solidity`, async () => {
    assert.deepEqual(await play(await (INIT_CODES[language] as () => Promise<Hex>)()), expected);
  });
}
