import assert from "node:assert/strict";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import {
  type Abi,
  encodeErrorResult,
  encodeFunctionData,
  parseAbi,
  toFunctionSelector,
} from "viem";
import { bodyOf, callFrame, frameOf } from "../probe/frames.ts";
import { ProgramUnderTest } from "../probe/program.ts";
import { compileProgram } from "./program.ts";

// What the SDK for C sends together, and what it makes of the answers (container/host.h, "deferred").

const method = (handler: string, signature: string): string =>
  `DC_METHOD(${toFunctionSelector(signature)}, ${handler}, "${signature}")`;

const SOURCE = `#include "contract.h"

static bytes32 slot_of(uint64_t number) { return dc_to_word(dc_u256(number)); }

/* Writes so many slots, with a log behind them. */
static void write_slots(void) {
  uint64_t count = dc_arg_u64(0);
  for (uint64_t i = 0; i < count; i++) dc_storage_put(slot_of(i), slot_of(i + 1));
  bytes32 topic = slot_of(7);
  dc_log(&topic, 1, dc_arg_bytes(1));
  dc_result((dc_bytes){0, 0});
}

static void write_and_read(void) {
  dc_storage_put(slot_of(0), slot_of(1));
  dc_result_bytes32(dc_storage_get(slot_of(0)));
}

static void write_and_refuse(void) {
  dc_storage_put(slot_of(0), slot_of(1));
  dc_revert("not today");
}

DC_CONTRACT(
  ${method("write_slots", "function writeSlots(uint64 count, bytes data)")}
  ${method("write_and_read", "function writeAndRead() returns (bytes32)")}
  ${method("write_and_refuse", "function writeAndRefuse()")}
)
`;
const ABI: Abi = parseAbi([
  "function writeSlots(uint64 count, bytes data)",
  "function writeAndRead() returns (bytes32)",
  "function writeAndRefuse()",
  "error Error(string)",
]);

const HOSTCALL = 3;
const RESULT = 5;
const [STORAGE_GET, STORAGE_PUT, LOG] = ["01", "02", "06"];
const OK = "00";
const STOP = "03";
const GOOD = `${OK}${"ab".repeat(32)}`;

let folder = "";
let program: ProgramUnderTest;
let exchange = 0n;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "delchain-c-deferred-"));
  await writeFile(join(folder, "contract.c"), SOURCE);
  const path = join(folder, "program");
  await writeFile(path, await compileProgram(join(folder, "contract.c")));
  await chmod(path, 0o755);
  program = await ProgramUnderTest.start([path], "unix");
  assert.equal(await program.next(), frameOf(1, 0n, "0001"));
});

after(async () => {
  await program.stop();
  await rm(folder, { recursive: true });
});

/** Begins a call. */
function call(functionName: string, args: readonly unknown[] = []): void {
  exchange += 1n;
  const input = encodeFunctionData({ abi: ABI, functionName, args }).slice(2);
  program.send(callFrame({ exchange, input }));
}

/** The next host calls, which come without an answer to any of them; their operations. */
async function asked(count: number): Promise<readonly string[]> {
  const operations: string[] = [];
  for (let i = 0; i < count; i++) {
    const frame = await program.next();
    assert.equal(Number.parseInt(frame.slice(10, 12), 16), HOSTCALL, frame);
    operations.push(bodyOf(frame).slice(0, 2));
  }
  return operations;
}

/** Answers so many calls at once. */
function answer(...bodies: readonly string[]): void {
  program.send(`0x${bodies.map((body) => frameOf(4, exchange, body).slice(2)).join("")}`);
}

async function result(): Promise<string> {
  const frame = await program.next();
  assert.equal(Number.parseInt(frame.slice(10, 12), 16), RESULT, frame);
  assert.equal(await program.next(), frameOf(1, exchange, "0001"));
  return bodyOf(frame);
}

function reverted(reason: string): string {
  const data = encodeErrorResult({ abi: ABI, errorName: "Error", args: [reason] });
  return `01${data.slice(2)}`;
}

function refusedWith(reason: string): string {
  return `02${Buffer.from(reason).toString("hex")}`;
}

test("writes and a log come together, before the result, and their answers in pieces or at once", async () => {
  call("writeSlots", [2n, "0x01"]);
  assert.deepEqual(await asked(3), [STORAGE_PUT, STORAGE_PUT, LOG]);
  answer(OK);
  answer(OK, OK);
  assert.equal(await result(), "00");
});

test("a write comes with the read that the contract waits for, which sees it", async () => {
  call("writeAndRead");
  assert.deepEqual(await asked(2), [STORAGE_PUT, STORAGE_GET]);
  answer(OK, GOOD);
  assert.equal(await result(), `00${"ab".repeat(32)}`);
});

test("more than are deferred go out when the next comes, and one too long for that by itself", async () => {
  call("writeSlots", [10n, `0x${"11".repeat(4_096)}`]);
  // Eight wait, and the ninth is waited for with them.
  assert.equal((await asked(9)).length, 9);
  answer(...Array.from({ length: 9 }, () => OK));
  assert.deepEqual(await asked(2), [STORAGE_PUT, LOG]);
  answer(OK, OK);
  assert.equal(await result(), "00");
});

test("the first refusal among them is why the call reverts, whatever the contract does next", async () => {
  for (const functionName of ["writeAndRead", "writeAndRefuse"]) {
    call(functionName);
    const count = functionName === "writeAndRead" ? 2 : 1;
    await asked(count);
    answer(...[refusedWith("no writes"), GOOD].slice(0, count));
    assert.equal(await result(), reverted("no writes"));
  }
  call("writeSlots", [2n, "0x"]);
  await asked(3);
  answer(OK, refusedWith("the second"), refusedWith("the third"));
  assert.equal(await result(), reverted("the second"));
});

test("a call whose gas is gone ends without a result, once every answer is read", async () => {
  call("writeSlots", [2n, "0x"]);
  await asked(3);
  answer(OK, STOP, STOP);
  assert.equal(await program.next(), frameOf(1, exchange, "0001"));
  // Nothing is left over for the next call.
  call("writeAndRefuse");
  await asked(1);
  answer(OK);
  assert.equal(await result(), reverted("not today"));
});
