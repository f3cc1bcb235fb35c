import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import {
  type Address,
  encodeAbiParameters,
  encodeFunctionData,
  type Hex,
  keccak256,
  parseEther,
  toHex,
} from "viem";
import { containerTokens } from "../../apps/tour/containerTokens.ts";
import { tokenAbi } from "../../apps/tour/tokenAbi.ts";
import { type Devnet, devnetAccount, startDevnet } from "./support/devnet.ts";
import { deploy, send } from "./support/token.ts";

// Calls that find another state or another block than there is, as viem and geth have them.

let devnet: Devnet;
let token: Address;
const alice = devnetAccount(1).address;
const nobody: Address = `0x${"99".repeat(20)}`;
/** Gives back its block's number, time, producer and base fee, and its own balance: five words. */
const LOOKER: Hex = "0x435f52426020524160405248606052476080526101005ff3";

before(async () => {
  devnet = await startDevnet();
  ({ address: token } = await deploy(devnet, "token-solidity"));
  await send(devnet, token, "mint", [alice, 1_000n]);
});

after(() => devnet[Symbol.asyncDispose]());

/** A slot of the Solidity token's balances, by trying which one holds what was minted. */
async function balanceSlot(): Promise<Hex> {
  for (let place = 0n; place < 8n; place++) {
    const types = [{ type: "address" }, { type: "uint256" }] as const;
    const slot = keccak256(encodeAbiParameters(types, [alice, place]));
    const value = await devnet.reader.getStorageAt({ address: token, slot });
    if (BigInt(value ?? "0x0") === 1_000n) return slot;
  }
  throw new Error("the token keeps balances elsewhere");
}

const balanceOf = { abi: tokenAbi, functionName: "balanceOf", args: [alice] } as const;

test("a slot, a whole storage and a balance are what the call says, and the state stays", async () => {
  const { reader } = devnet;
  const slot = await balanceSlot();
  const word = toHex(77n, { size: 32 });
  const changed = [{ address: token, stateDiff: [{ slot, value: word }] }];
  const read = (stateOverride?: typeof changed) =>
    reader.readContract({ address: token, ...balanceOf, ...(stateOverride && { stateOverride }) });
  assert.equal(await read(changed), 77n);
  // viem leaves out a storage that is empty.
  const call = { to: token, data: encodeFunctionData(balanceOf) };
  const none = await devnet.result<Hex>("eth_call", call, "latest", { [token]: { state: {} } });
  assert.equal(BigInt(none), 0n);
  assert.equal(await read(), 1_000n);

  const value = parseEther("5");
  const rich = [{ address: nobody, balance: parseEther("9") }];
  await reader.call({ account: nobody, to: alice, value, stateOverride: rich });
  await assert.rejects(reader.call({ account: nobody, to: alice, value }), /insufficient funds/);
  const gas = await reader.estimateGas({ account: nobody, to: alice, value, stateOverride: rich });
  assert.equal(gas, 21_000n);
});

test("code stands where there is none, and in a container's place", async () => {
  const { reader } = devnet;
  const [container] = (await containerTokens(devnet.node.drivers)).filter(
    ({ head }) => head.driver === "wasmer",
  );
  assert.ok(container?.initCode, "the image wasi lies in the repository");
  const created = await devnet.wallet(0).sendTransaction({ data: container.initCode });
  const address = (await devnet.receipt(created)).contractAddress as Address;
  for (const to of [nobody, address]) {
    const stateOverride = [{ address: to, code: LOOKER, balance: 3n }];
    const { data } = await reader.call({ to, stateOverride });
    assert.equal(BigInt(`0x${data?.slice(2 + 4 * 64, 2 + 5 * 64)}`), 3n);
  }
  const data = encodeFunctionData(balanceOf);
  const { error } = await devnet.call("eth_call", { to: address, data }, "latest", {
    [address]: { balance: "0x1" },
  });
  assert.match(error?.message ?? "", /is a container, whose hosts know no overrides/);
});

test("a block's number, time, producer and base fee are what the call says", async () => {
  const code = { [nobody]: { code: LOOKER } };
  const output = await devnet.result<Hex>("eth_call", { to: nobody }, "latest", code, {
    number: "0x1234",
    time: "0x5678",
    feeRecipient: alice,
    baseFeePerGas: "0x9",
    gasLimit: "0x1000000",
    prevRandao: `0x${"11".repeat(32)}`,
  });
  const words = Array.from({ length: 4 }, (_, i) =>
    BigInt(`0x${output.slice(2 + i * 64, 66 + i * 64)}`),
  );
  assert.deepEqual(words, [0x1234n, 0x5678n, BigInt(alice), 9n]);
});
