import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { toHex } from "viem";
import { devnetAccount, sharedDevnet } from "./support/devnet.ts";
import { artefact } from "./support/token.ts";

const CAST = join(import.meta.dirname, "../../node_modules/.bin/cast");
const account = devnetAccount(4);
const bob = devnetAccount(1).address;
/** A block or a token's init code, in hex, is a few kB. */
const OUTPUT_MAX = 1024 * 1024;
const KEY = toHex(account.getHdKey().privateKey ?? new Uint8Array());

type Receipt = {
  readonly status: string;
  readonly contractAddress: string | null;
  readonly gasUsed: string;
  readonly logs: readonly { readonly data: string }[];
  readonly transactionHash: string;
};

/** What `cast` of Foundry prints; throws what it says when it fails. */
async function cast(...args: readonly string[]): Promise<string> {
  const { url } = await sharedDevnet();
  const env = { ...process.env, ETH_RPC_URL: url, NO_COLOR: "1" };
  const { stdout, stderr } = await promisify(execFile)(CAST, args, { env, maxBuffer: OUTPUT_MAX });
  // The package's launcher ends with 0 whatever cast itself ended with.
  if (/^Error/m.test(stderr)) throw new Error(stderr);
  return stdout.trim();
}

async function castSend(...args: readonly string[]): Promise<Receipt> {
  return JSON.parse(await cast("send", "--json", "--private-key", KEY, ...args)) as Receipt;
}

test("cast sends coins by types 0, 1 and 2 and reads balances, blocks and transactions", async () => {
  assert.equal(await cast("chain-id"), "31337");
  const stranger = "0x00000000000000000000000000000000000ca571";
  for (const type of [["--legacy"], ["--access-list", "[]"], []]) {
    const { status, gasUsed } = await castSend(stranger, "--value", "1ether", ...type);
    assert.deepEqual([status, gasUsed], ["0x1", "0x5208"]);
  }
  assert.equal(await cast("balance", stranger, "--ether"), "3.000000000000000000");
  assert.equal(await cast("nonce", account.address), "3");
  const { url } = await sharedDevnet();
  assert.match(await cast("client", "--rpc-url", url), /^DelChain\//);
  const [block, hash] = [
    await cast("block", "latest", "--json"),
    await cast("block", "-f", "hash"),
  ];
  assert.equal((JSON.parse(block) as { hash: string }).hash, hash);
});

for (const name of ["token-solidity", "token-c"]) {
  test(`cast deploys ${name}, estimates, sends, calls, and reads logs and reverts`, async () => {
    const created = await castSend("--create", artefact(name).initCode());
    assert.equal(created.status, "0x1");
    const token = created.contractAddress ?? "";
    const minted = await castSend(token, "mint(address,uint256)", account.address, "100");
    assert.equal(minted.logs.length, 1);
    const transfer = ["transfer(address,uint256)(bool)", bob] as const;
    const gas = await cast("estimate", token, ...transfer, "40", "--from", account.address);
    const sent = await castSend(token, ...transfer, "40", "--gas-limit", gas);
    assert.equal(sent.status, "0x1");
    assert.equal(await cast("call", token, "balanceOf(address)(uint256)", bob), "40");
    const event = "Transfer(address indexed,address indexed,uint256)";
    const logs = JSON.parse(
      await cast("logs", "--json", "--from-block", "0", "--address", token, event),
    ) as Receipt["logs"];
    assert.deepEqual(
      logs.map(({ data }) => BigInt(data)),
      [100n, 40n],
    );
    const overdraft = [token, ...transfer, "61"] as const;
    const reason = /execution reverted: insufficient balance/;
    await assert.rejects(cast("call", ...overdraft, "--from", account.address), reason);
    await assert.rejects(castSend(...overdraft), reason);
    const failed = await castSend(...overdraft, "--gas-limit", "200000");
    assert.deepEqual([failed.status, failed.logs], ["0x0", []]);
  });
}

test("cast writes state, impersonates and goes back, as it does on anvil", async () => {
  const whale = "0x0000000000000000000000000000000000ca57ed";
  const snapshot = JSON.parse(await cast("rpc", "evm_snapshot")) as string;
  await cast("rpc", "anvil_setBalance", whale, toHex(10n ** 18n));
  await cast("rpc", "anvil_impersonateAccount", whale);
  const sent = await cast("send", "--json", "--unlocked", "--from", whale, bob, "--value", "5");
  assert.equal((JSON.parse(sent) as Receipt).status, "0x1");
  assert.equal(await cast("balance", whale), String(10n ** 18n - 5n));
  assert.equal(await cast("rpc", "evm_revert", snapshot), "true");
  assert.deepEqual([await cast("balance", whale), await cast("nonce", whale)], ["0", "0"]);
});
