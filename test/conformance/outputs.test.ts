import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { type ContractHandle, startChain, type TestChain } from "@delchain/test";
import { buildProject, loadProject } from "@delchain/toolchain";
import { encodeFunctionData, type Hex, keccak256, numberToHex } from "viem";
import { DEVNET } from "../../chain/index.ts";

// Contracts whose replicas answer differently, in two languages, in real containers: oracles in small.

const root = mkdtempSync(join(tmpdir(), "delchain-outputs-"));
after(() => rmSync(root, { recursive: true }));

/** Its price is the processor's cycle counter: no two replicas read the same. */
const ORACLE = `#include "container.h"

DC_VALUE(settled, 0)
DC_VALUE(asked, 1)
DC_VALUE(by, 2)

static uint64_t cycles(void) {
  uint32_t low, high;
  __asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
  return (uint64_t)high << 32 | low;
}

static void price(void) { dc_result_u256(dc_u256(cycles())); }

static void settle(void) {
  const dc_bytes call = dc_arg_bytes(0);
  dc_store(settled(), dc_arg_u256(1));
  dc_store(asked(), dc_from_word(dc_keccak256(call).bytes));
  dc_store(by(), dc_word(dc_sender()));
}

static void quote(void) {
  dc_encoder out = dc_encode(2);
  dc_encode_u64(&out, 7);
  dc_encode_u64(&out, cycles());
  dc_result_encoded(&out);
}

static void write(void) {
  dc_store(settled(), dc_u256(1));
  price();
}

DC_CONTRACT(
  DC_METHOD(0xfe2c6198, price, "function price(string pair) returns (uint256)")
  DC_METHOD(0xcc592889, settle, "function settle(bytes call, uint256 median)")
  DC_METHOD(0x999b93af, quote, "function quote() returns (uint64 price, uint64 at)")
  DC_METHOD(0xbcb4ab0e, write, "function write() returns (uint256)")
)
`;

/** Answers with what no two replicas have alike; its normalize leaves the temperature and a note to that. */
const WEATHER = `<?php
use DelChain\\{Container, Contract, Returns, Type, U256};

#[Container]
final class Weather extends Contract
{
    #[Returns('uint256', 'string')]
    public function weather(): array
    {
        $clock = 'hr' . 'time';
        return [U256::of(2150 + $clock(true) % 50), 'measured at ' . $clock(true)];
    }

    /** To the next fifty below. */
    #[Returns('bytes')]
    public function normalize(#[Type('bytes')] string $answer): string
    {
        $low = unpack('N', substr($answer, 28, 4))[1];
        return str_repeat("\\0", 28) . pack('N', $low - $low % 50) . substr($answer, 32);
    }
}
`;

let chain: TestChain;
let oracle: ContractHandle;

before(async () => {
  mkdirSync(join(root, "contracts"));
  writeFileSync(join(root, "contracts/Oracle.c"), ORACLE);
  writeFileSync(join(root, "contracts/Weather.php"), WEATHER);
  const outputs = {
    Oracle: {
      "price(string)": "median",
      "write()": "median",
      "quote()": { fields: ["price"] },
    },
    Weather: { "weather()": { fields: ["0"] } },
  };
  const options = { platform: "linux/amd64", container: { outputs } };
  writeFileSync(join(root, "delchain.json"), JSON.stringify(options));
  await buildProject(loadProject(root));
  chain = await startChain({ root });
  oracle = await chain.deploy("Oracle");
});

after(() => chain?.close());

const stored = async (slot: number): Promise<Hex> =>
  (await chain.client.getStorageAt({ address: oracle.address, slot: numberToHex(slot) })) ?? "0x";

test("replicas in C that find different numbers have a median, and the contract writes it in settle", async () => {
  assert.ok((await oracle.read.price?.(["ETH"])) as bigint);
  await oracle.write.price?.(["ETH"]);
  for (let tries = 0; BigInt(await stored(0)) === 0n && tries < 200; tries++) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.ok(BigInt(await stored(0)) > 1n);
  const data = encodeFunctionData({ abi: oracle.abi, functionName: "price", args: ["ETH"] });
  assert.equal(await stored(1), keccak256(data));
  assert.equal(BigInt(await stored(2)), BigInt(DEVNET.queueAddress));
});

test("replicas in C that agree in the listed fields alone agree, and the others are zero", async () => {
  assert.deepEqual(await oracle.read.quote?.([]), [7n, 0n]);
  const receipt = await oracle.write.quote?.([]);
  assert.equal(receipt?.status, "success");
});

test("a call whose numbers are aggregated reverts when it writes", async () => {
  await assert.rejects(oracle.write.write?.([]) as Promise<never>, /may not write, log or send/);
});

test("normalize in PHP brings replicas' answers into one form", async () => {
  const weather = await chain.deploy("Weather");
  assert.deepEqual(await weather.read.weather?.([]), [2150n, ""]);
  const receipt = await weather.write.weather?.([]);
  assert.equal(receipt?.status, "success");
});
