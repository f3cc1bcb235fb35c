import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { compileAssemblyScript } from "@delchain/assemblyscript";
import { compileC } from "@delchain/c";
import { decodeEnvelope, fromHex, toHex } from "@delchain/runtime";
import { type ContractHandle, startChain, type TestChain } from "@delchain/test";
import {
  addProfile,
  buildProject,
  loadOutput,
  loadProject,
  loadProjectLines,
  type ProfileSum,
  type ProjectLines,
  type RpcProfile,
  type SourceLines,
} from "@delchain/toolchain";
import { encodeFunctionData, type Hash, type TransactionReceipt } from "viem";

// From gas and errors back to lines, in each language of the synchronous tiers, on a real chain.

const INK_PER_GAS = 10_000;
const FIXTURES = join(import.meta.dirname, "lines");

// Not a file beside the others, which no compiler of this repository should take for its own.
const ASSEMBLYSCRIPT = `import { Cell, Mapping, require, u256 } from "@delchain/assemblyscript/assembly";

@contract
export class Filler {
  kept: Mapping<u256, Cell<u256>>;

  @external
  fill(count: u256, limit: u256): u256 {
    for (let i: u64 = 0; i < count.toU64(); i++) {
      this.kept.at(u256.from(i)).value = u256.from(i + 1);
      require(i < limit.toU64(), "too many");
    }
    return count;
  }
}
`;

const root = mkdtempSync(join(tmpdir(), "delchain-lines-"));
let chain: TestChain;
let project: ProjectLines;
const deployed = new Map<string, ContractHandle>();

before(async () => {
  cpSync(FIXTURES, join(root, "contracts"), { recursive: true });
  writeFileSync(join(root, "contracts/Filler.ts"), ASSEMBLYSCRIPT);
  await buildProject(loadProject(root));
  project = loadProjectLines(root);
  chain = await startChain({ root });
  for (const name of ["Caller", "Counter", "Relay", "Filler", "Chest", "Barrel"]) {
    deployed.set(name, await chain.deploy(name, name === "Counter" ? [1n] : []));
  }
});
after(async () => {
  await chain?.close();
  rmSync(root, { recursive: true });
});

function addressOf(name: string): string {
  return (deployed.get(name) as ContractHandle).address;
}

function write(
  name: string,
  called: string,
  args: readonly unknown[],
): Promise<TransactionReceipt> {
  const run = (deployed.get(name) as ContractHandle).write as Record<
    string,
    (args: readonly unknown[]) => Promise<TransactionReceipt>
  >;
  return (run[called] as (args: readonly unknown[]) => Promise<TransactionReceipt>)(args);
}

function profileOf(hash: Hash): Promise<RpcProfile> {
  const params = [hash, project.options];
  return chain.client.request({ method: "debug_traceTransaction", params } as never);
}

/** By line of a contract's own file: hits, and gas rounded down. */
function linesOf(
  name: string,
  profile: RpcProfile,
): ReadonlyMap<number, readonly [number, number]> {
  const sum: ProfileSum = {};
  addProfile(sum, project, profile);
  const { places } = project.contracts.get(name) ?? { places: [] };
  return new Map(
    Object.entries(sum[name]?.lines ?? {}).map(([place, [hits, self]]) => {
      const line = places[Number(place) - 1]?.[1] as number;
      return [line, [hits, Math.floor(self / INK_PER_GAS)]];
    }),
  );
}

function gasOf({ codes }: RpcProfile): number {
  return (
    codes.flatMap(({ lines }) => lines).reduce((sum, { selfInk }) => sum + selfInk, 0) / INK_PER_GAS
  );
}

// The line in each language that stores once a round of its loop.
const LOOPS = [
  ["Counter", 17],
  ["Relay", 7],
  ["Filler", 10],
  ["Chest", 24],
  ["Barrel", 14],
] as const;

for (const [name, line] of LOOPS) {
  test(`${name}: the lines' gas is the receipt's, and the line in the loop has its rounds and their stores`, async () => {
    const receipt = await write(name, "fill", [7n, 9n]);
    const profile = await profileOf(receipt.transactionHash);
    const { intrinsicGas, refundedGas, gasUsed } = profile;
    assert.equal(BigInt(gasUsed), receipt.gasUsed);
    assert.equal(
      gasOf(profile),
      Number(receipt.gasUsed - BigInt(intrinsicGas) + BigInt(refundedGas)),
    );
    const [hits, gas] = linesOf(name, profile).get(line) ?? [0, 0];
    assert.equal(hits, 7);
    assert.ok(gas > 7 * 20_000, `seven stores of new slots cost ${gas}`);
  });
}

test("a transaction is profiled behind those that its block ran before it", async () => {
  const { address, abi } = deployed.get("Counter") as ContractHandle;
  const wallet = chain.wallet();
  const fill = (nonce: number) =>
    wallet.writeContract({
      ...{ address, abi, functionName: "fill", args: [20n, 20n], nonce, gas: 1_000_000n },
    } as never);
  const nonce = await chain.client.getTransactionCount({ address: chain.addresses[0] });
  await chain.client.setAutomine(false);
  const hashes = [await fill(nonce), await fill(nonce + 1)];
  await chain.mine();
  await chain.client.setAutomine(true);
  const receipts = await Promise.all(hashes.map((hash) => chain.receipt(hash)));
  const profiles = await Promise.all(hashes.map(profileOf));
  assert.deepEqual(
    receipts.map(({ blockNumber, transactionIndex }) => [blockNumber, transactionIndex]),
    [0, 1].map((index) => [receipts[0]?.blockNumber, index]),
  );
  assert.deepEqual(
    profiles.map(({ gasUsed }) => BigInt(gasUsed)),
    receipts.map(({ gasUsed }) => gasUsed),
  );
  // The second one finds the slots of the first one, of which no test before has written all.
  assert.ok(Number(profiles[1]?.gasUsed) < Number(profiles[0]?.gasUsed) - 100_000);
});

test("a creation's gas lies in the constructor's lines, and what a store clears is given back", async () => {
  const { transactionHash, gasUsed } = await chain.receipt(
    await chain
      .wallet()
      .sendTransaction({ data: `${loadOutput(root, "Counter").code}${"0".repeat(63)}2` }),
  );
  const profile = await profileOf(transactionHash);
  assert.equal(gasOf(profile), Number(gasUsed - BigInt(profile.intrinsicGas)));
  assert.equal(linesOf("Counter", profile).get(10)?.[0], 1);
});

test("a call of another contract costs the line that calls, and is counted there once", async () => {
  const args = [addressOf("Relay"), addressOf("Counter"), 9n, 9n];
  const { transactionHash } = await write("Caller", "ask", args);
  const profile = await profileOf(transactionHash);
  const sum: ProfileSum = {};
  addProfile(sum, project, profile);
  const { places } = project.contracts.get("Caller") ?? { places: [] };
  const place = places.findIndex(([, line]) => line === 11) + 1;
  const [, self, total] = sum.Caller?.lines[place] ?? [0, 0, 0];
  assert.ok(total - self > 40_000 * INK_PER_GAS, `two new slots below: ${total - self}`);
  assert.ok(self < 10_000 * INK_PER_GAS, `its own: ${self}`);
  assert.equal(profile.codes.length, 3);
});

async function failureOf(call: Promise<unknown>): Promise<string> {
  const error = await call.then(
    () => assert.fail("expected a revert"),
    (thrown: unknown) => thrown as Error,
  );
  return error.message.split("Source:\n")[1] ?? error.message;
}

test("a revert three contracts deep names a line in each, innermost first", async () => {
  const args = [addressOf("Relay"), addressOf("Counter"), 4n, 3n];
  assert.equal(
    await failureOf(write("Caller", "ask", args)),
    [
      "  at Counter.fill (contracts/Counter.sol:14)",
      "  at Relay.pass (contracts/Relay.c:16)",
      "  at Caller.ask (contracts/Caller.sol:11)",
    ].join("\n"),
  );
});

const FAULTS = [
  ["Counter", "ratio", [0n], "  at Counter.ratio (contracts/Counter.sol:27)"],
  ["Relay", "fill", [2n, 1n], "  at Relay.fill (contracts/Relay.c:5)"],
  ["Relay", "ratio", [0n], "  at Relay.ratio (contracts/Relay.c:27)"],
  ["Relay", "ratio", [4n], "  at Relay.ratio (contracts/Relay.c:26)"],
  // Its optimizer leaves a call that it inlined no line, so that the last line before it stands.
  ["Filler", "fill", [2n, 1n], "  at Filler.fill (contracts/Filler.ts:10)"],
  ["Chest", "fill", [2n, 1n], "  at Chest.fill (contracts/Chest.java:18)"],
  ["Chest", "ratio", [0], "  at Chest.ratio (contracts/Chest.java:32)"],
  ["Barrel", "fill", [2n, 1n], "  at Barrel.fill (contracts/Barrel.php:15)"],
  ["Barrel", "ratio", [0n], "  at Barrel.ofTen (contracts/Part.php:16)"],
] as const;

for (const [name, called, args, expected] of FAULTS) {
  test(`${name}.${called}(${args}) fails with its line`, async () => {
    assert.equal(await failureOf(write(name, called, args)), expected);
  });
}

// Lines with code that a call of fill and one of ratio above 5 do not run.
const NEVER_RAN = [
  ["Chest", ["contracts/Chest.java:32"]],
  ["Barrel", ["contracts/Barrel.php:27", "contracts/Part.php:14", "contracts/Part.php:16"]],
] as const;

for (const [name, expected] of NEVER_RAN) {
  test(`${name}: what could have run and did not is known`, async () => {
    const { transactionHash } = await write(name, "fill", [1n, 9n]);
    const { address, abi } = deployed.get(name) as ContractHandle;
    const data = encodeFunctionData({
      abi,
      functionName: "ratio",
      args: [name === "Chest" ? 9 : 9n],
    });
    const params = [{ to: address, data }, "latest", project.options];
    const profiles = [
      await profileOf(transactionHash),
      await chain.client.request({ method: "debug_traceCall", params } as never),
    ];
    const sum: ProfileSum = {};
    for (const profile of profiles) addProfile(sum, project, profile);
    const { places, files } = project.contracts.get(name) as SourceLines;
    const ran = new Set(Object.keys(sum[name]?.lines ?? {}).map(Number));
    const missed = places.filter((_place, i) => !ran.has(i + 1));
    assert.deepEqual(missed.map(([file, line]) => `${files[file]}:${line}`).sort(), expected);
  });
}

test("lines change no byte of what is deployed", async () => {
  const payload = (name: string) =>
    toHex(decodeEnvelope(fromHex(loadOutput(root, name).code)).payload);
  const textOf = (path: string) => readFileSync(join(root, path), "utf8");
  const c = {
    main: "contracts/Relay.c",
    files: { "contracts/Relay.c": textOf("contracts/Relay.c") },
  };
  assert.equal(payload("Relay"), toHex(await compileC(c)));
  const main = "contracts/Filler.ts";
  const { module } = await compileAssemblyScript({ main, files: { [main]: textOf(main) } });
  assert.equal(payload("Filler"), toHex(module));
});
