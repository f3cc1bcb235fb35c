import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import { after, before, test } from "node:test";
import { CODE_KINDS, encodeEnvelope } from "@delchain/runtime";
import { compileSolidity } from "@delchain/solidity";
import { type Address, encodeFunctionData, type Hex, toHex } from "viem";
import { buildModule, code } from "../../runtime/wasm/testing/moduleBuilder.ts";
import { type Devnet, devnetAccount, startDevnet } from "./support/devnet.ts";
import { buildMoody, imageFolder, moodyAbi } from "./support/moodyContract.ts";
import { runScript } from "./support/program.ts";

// What contracts print, as `delchain logs` shows it.

/** Prints "hello" whatever it is called with. */
const GREETER: Hex = toHex(
  buildModule({
    types: ["i:i", "ii:"],
    imports: [{ module: "console", name: "log_txt", what: [0, 1] }],
    memories: [[0, 1]],
    functions: [
      { type: 0, code: code(["i32.const", 0], ["i32.const", 5], ["call", 0], ["i32.const", 0]) },
    ],
    exports: [
      { name: "memory", kind: 2, index: 0 },
      { name: "user_entrypoint", kind: 0, index: 1 },
    ],
    data: [[0, ...code(["i32.const", 0]), 0x0b, 5, ...Buffer.from("hello")]],
  }),
);

/** Prints, and is warned, whatever it is called with. */
const CHATTY = `<?php
final class Chatty extends DelChain\\Contract {
    protected function dispatch(string $input): string {
        echo 'hello from PHP';
        return (string) $missing;
    }
}`;

const OWNER = devnetAccount(0).address;

type Line = {
  readonly number: number;
  readonly contract: Address;
  readonly during: string;
  readonly text: string;
};

let devnet: Devnet;
let images: string;
let greeter: Address;
let chatty: Address;
let moody: Address;

before(async () => {
  const { image, initCode } = await buildMoody();
  images = await imageFolder(image);
  devnet = await startDevnet({ imageFolder: images });
  const php = toHex(encodeEnvelope(CODE_KINDS.php, new TextEncoder().encode(CHATTY)));
  greeter = await deploy(GREETER);
  chatty = await deploy(php);
  moody = await deploy(initCode);
});

after(async () => {
  await devnet[Symbol.asyncDispose]();
  await rm(images, { recursive: true });
});

async function deploy(data: Hex): Promise<Address> {
  const { contractAddress } = await devnet.receipt(
    await devnet.wallet(0).sendTransaction({ data }),
  );
  assert.ok(contractAddress);
  return contractAddress;
}

async function logs(...options: readonly string[]): Promise<readonly Line[]> {
  const args = ["logs", "--no-follow", "--json", "--rpc", devnet.url, ...options];
  const { code: exitCode, stdout, stderr } = await runScript("cli/main.ts", args);
  assert.deepEqual([exitCode, stderr], [0, ""]);
  return stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Line);
}

test("delchain logs shows what contracts of every tier print, who prints it and during what", async () => {
  await devnet.receipt(
    await devnet.wallet(0).sendTransaction({ to: greeter, data: "0x01", gas: 200_000n }),
  );
  await devnet.reader.call({ to: greeter, data: "0x01" });
  await devnet.receipt(
    await devnet.wallet(0).sendTransaction({ to: chatty, data: "0x01", gas: 200_000n }),
  );
  const data = encodeFunctionData({ abi: moodyAbi, functionName: "tell" });
  await devnet.receipt(
    await devnet.wallet(0).sendTransaction({ to: moody, data, gas: 1_000_000n }),
  );
  const lines = await logs();
  assert.deepEqual(
    lines.map(({ contract, during, text }) => [contract, during, text]),
    [
      [greeter, "block", "hello"],
      [greeter, "query", "hello"],
      [chatty, "block", "hello from PHP"],
      [chatty, "block", "Undefined variable $missing in contract.php:5"],
      [moody, "container call", "from a container"],
    ],
  );
  assert.deepEqual(await logs("--contract", moody), lines.slice(4));
});

/** Hardhat's library, unmodified, and ours, which pure functions may use. */
const TALKER = `pragma solidity ^0.8.0;
import {console as hardhat} from "hardhat/console.sol";
import {console} from "@delchain/solidity/console.sol";
contract Talker {
    function tell(uint256 value) external view returns (uint256) {
        hardhat.log("%s has %d and %s", msg.sender, value, true);
        return twice(value);
    }
    function twice(uint256 value) private pure returns (uint256) {
        console.log("twice", value);
        return 2 * value;
    }
}`;

test("console.log of Solidity is shown, with the contract that calls it, and changes nothing", async () => {
  const { contracts } = await compileSolidity({
    files: { "Talker.sol": TALKER },
    root: import.meta.dirname,
  });
  const compiled = contracts.find(({ name }) => name === "Talker");
  assert.ok(compiled);
  const talker = await deploy(compiled.initCode);
  const { abi } = compiled;
  const asked = { address: talker, abi, functionName: "tell", args: [21n] } as const;
  assert.equal(await devnet.reader.readContract({ ...asked, account: OWNER }), 42n);
  const lines = await logs("--contract", talker);
  assert.deepEqual(
    lines.map(({ during, text }) => [during, text]),
    [
      ["query", `${OWNER.toLowerCase()} has 21 and true`],
      ["query", "twice 21"],
    ],
  );
});

test("an address that is none is named", async () => {
  const wrong = await runScript("cli/main.ts", ["logs", "--contract", "0x12", "--rpc", devnet.url]);
  assert.equal(wrong.code, 1);
  assert.match(wrong.stderr, /contract\): wanted an address/);
});
