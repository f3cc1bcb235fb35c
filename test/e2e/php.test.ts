import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { type Abi, BaseError, ContractFunctionRevertedError, type Hex, toHex } from "viem";
import { DEVNET } from "../../chain/index.ts";
import { bootEngine, CODE_KINDS, describePhp, encodeEnvelope } from "../../runtime/index.ts";
import { devnetAccount, sharedDevnet, startDevnet } from "./support/devnet.ts";
import { startProgram } from "./support/program.ts";

const SOURCE = `<?php
use DelChain\\{Constructor, Contract, Event, U256, Value, View};

#[Event('Counted(uint256 total)')]
final class Counter extends Contract
{
    private readonly Value $total;

    public function __construct()
    {
        $this->total = new Value($this, slot: 0);
    }

    #[Constructor]
    public function begin(U256 $first): void
    {
        $this->total->set($first);
    }

    public function count(U256 $by): U256
    {
        $this->total->set($this->total->get()->add($by));
        $this->emit('Counted(uint256)', [], [$this->total->get()]);
        return $this->total->get();
    }

    #[View]
    public function per(U256 $parts): U256
    {
        if ($parts == U256::of(13)) {
            throw new DomainException('not thirteen');
        }
        return $this->total->get()->div($parts);
    }
}
`;
const LINE_OF_THROW = 31;
const ACCOUNT = 9;

const envelope = (source: string, input: Hex = "0x"): Hex =>
  `${toHex(encodeEnvelope(CODE_KINDS.php, new TextEncoder().encode(source)))}${input.slice(2)}`;

test("viem deploys, calls and reads a PHP contract by the ABI of its source, and decodes how it fails", async () => {
  const devnet = await sharedDevnet();
  const wallet = devnet.wallet(ACCOUNT);
  assert.ok(DEVNET.php);
  const abi = describePhp(new TextEncoder().encode(SOURCE), bootEngine(DEVNET.php)) as Abi;
  const hash = await wallet.deployContract({ abi, bytecode: envelope(SOURCE), args: [40n] });
  const { contractAddress, status } = await devnet.receipt(hash);
  assert.equal(status, "success");
  const address = contractAddress as Hex;
  const counted = await devnet.receipt(
    await wallet.writeContract({ abi, address, functionName: "count", args: [2n] }),
  );
  assert.equal(counted.status, "success");
  assert.equal(BigInt(counted.logs[0]?.data ?? "0x0"), 42n);
  const read = (parts: bigint): Promise<unknown> =>
    devnet.reader.readContract({ abi, address, functionName: "per", args: [parts] });
  assert.equal(await read(5n), 8n);
  assert.equal(await failure(read(13n)), `not thirteen (contract.php:${LINE_OF_THROW})`);
  // Panic(0x12), as viem explains it.
  assert.match(await failure(read(0n)), /division|Division/);
});

test("an estimate for a source that PHP does not take answers with PHP's message and line", async () => {
  const devnet = await sharedDevnet();
  const { address: from } = devnetAccount(ACCOUNT);
  const wrong = SOURCE.replace("return $this->total->get();\n", "return $this->total->get()\n");
  const { error } = await devnet.call("eth_estimateGas", { from, data: envelope(wrong) });
  assert.match(String(error?.message), /syntax error, unexpected token "}".* \(contract\.php:25\)/);
});

test("a contract that reads its calldata itself answers eth_call", async () => {
  const devnet = await sharedDevnet();
  const wallet = devnet.wallet(ACCOUNT);
  const hash = await wallet.sendTransaction({
    data: envelope(
      "<?php final class A extends DelChain\\Contract { protected function dispatch(string $input): string { return strrev($input); } }",
    ),
  });
  const { contractAddress } = await devnet.receipt(hash);
  const { result } = await devnet.call("eth_call", { to: contractAddress, data: "0x010203" });
  assert.equal(result, "0x030201");
});

test("without its package a devnet says what to install, and a network's node does not start", async () => {
  const hook = fileURLToPath(new URL("support/withoutPhp.js", import.meta.url));
  const script = fileURLToPath(new URL("support/phpMissing.ts", import.meta.url));
  const { stdout, stderr } = await startProgram([process.execPath, "--import", hook, script]).ended;
  assert.ok(stdout.startsWith("{"), stderr);
  const { deployment, refusal } = JSON.parse(stdout.split("\n")[0] ?? "") as Record<string, string>;
  const what =
    /package @php-wasm\/node-8-4.* is not installed\. Try: npm install --include=optional/;
  assert.match(deployment ?? "", what);
  assert.match(refusal ?? "", what);
});

test("a network's node does not start with another SDK than the chain's", async () => {
  assert.ok(DEVNET.php);
  const php = { ...DEVNET.php, sdk: "0".repeat(64) };
  await assert.rejects(startDevnet({ spec: { ...DEVNET, network: "testnet", php } }), {
    message: /the PHP SDK of this node has SHA-256 [0-9a-f]{64}; this chain runs 0{64}/,
  });
});

async function failure(asked: Promise<unknown>): Promise<string> {
  try {
    return `it answered ${String(await asked)}`;
  } catch (error) {
    const reverted =
      error instanceof BaseError
        ? error.walk((one) => one instanceof ContractFunctionRevertedError)
        : undefined;
    if (reverted instanceof ContractFunctionRevertedError) return reverted.reason ?? "";
    return String(error);
  }
}
