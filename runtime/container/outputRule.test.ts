import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeAbiParameters, encodeFunctionData, parseAbi, parseAbiParameters } from "viem";
import { MemoryView } from "../state/memoryView.ts";
import { EMPTY_BYTES, fromHex, toHex } from "../types/bytes.ts";
import { InvalidInput } from "../types/errors.ts";
import { EMPTY_CODE_HASH, type Hash } from "../types/hash.ts";
import { executeBatch } from "./batch.ts";
import { storeConstructor } from "./constructorCall.ts";
import { FIELDS_MAX, MEDIAN_INPUT_BYTES_MAX, OUTPUTS_MAX } from "./limits.ts";
import { encodeManifest, type Manifest } from "./manifest.ts";
import { type Outputs, outputRules } from "./outputRule.ts";
import { CONTAINER_PRICES } from "./prices.ts";
import type { CallResult } from "./result.ts";
import { batch, bytes, CONTRACT, call, OTHER, type Program, slot } from "./testBatch.ts";

const ABI = parseAbi([
  "function quote(string pair) returns (int64 price, string source, bool isOpen)",
  "function price() returns (uint256)",
  "function depth() returns (int64)",
  "function settle(bytes call, uint256 median)",
  "function normalize(bytes) returns (bytes)",
]);
const BARE = ABI.filter(({ name }) => name !== "normalize");
const QUOTE = "quote(string)";
const INPUT = fromHex(encodeFunctionData({ abi: ABI, functionName: "quote", args: ["ETH"] }));
const PRICE = fromHex(encodeFunctionData({ abi: ABI, functionName: "price" }));

const quoted = (price: bigint, source: string, isOpen: boolean): Uint8Array =>
  fromHex(encodeAbiParameters(parseAbiParameters("int64, string, bool"), [price, source, isOpen]));
const number = (value: bigint) =>
  fromHex(encodeAbiParameters(parseAbiParameters("uint256"), [value]));

function manifest(outputs: Outputs, abi: readonly unknown[] = ABI): Manifest {
  return {
    name: "oracle",
    image: `sha256:${"ab".repeat(32)}`,
    platform: "linux/amd64",
    entrypoint: ["/oracle"],
    abi,
    resources: "small",
    payable: false,
    isolation: "fork",
    determinism: "standard",
    attestation: "identical",
    outputs,
  };
}

function refusal(outputs: unknown, abi: readonly unknown[] = ABI): string {
  try {
    encodeManifest(manifest(outputs as Outputs, abi));
  } catch (error) {
    assert.ok(error instanceof InvalidInput, String(error));
    return error.message;
  }
  return assert.fail("nothing was refused");
}

/** One call, of which the programs are the frames: the call, and what its manifest asks for besides. */
async function called(
  outputs: Outputs,
  input: Uint8Array,
  programs: readonly Program[],
  { abi = ABI as readonly unknown[], view = new MemoryView(), gasLimit = 1_000_000n } = {},
): Promise<CallResult & { readonly written: number; readonly frames: number }> {
  let next = 0;
  const runner: Parameters<typeof executeBatch>[2] = {
    run: async (frame, answer) => (programs[next++] as Program)(answer, frame),
  };
  const rules = outputRules(manifest(outputs, abi));
  const one = { ...batch([call({ input, gasLimit })]), rules };
  const { results, slots } = await executeBatch(one, view, runner);
  return { ...(results[0] as CallResult), written: slots.length, frames: next };
}

const success =
  (output: Uint8Array): Program =>
  () => ({ status: "success", output });

test("two answers that are equal in the listed fields are one result", async () => {
  const outputs = { [QUOTE]: { fields: ["price"] } };
  const answers = [quoted(5n, "one", true), quoted(5n, "two", false), quoted(6n, "one", true)];
  const results = await Promise.all(
    answers.map((answer) => called(outputs, INPUT, [success(answer)], { abi: BARE })),
  );
  const outputsOf = results.map(({ output }) => toHex(output));
  assert.equal(outputsOf[0], toHex(quoted(5n, "", false)));
  assert.equal(outputsOf[1], outputsOf[0]);
  assert.notEqual(outputsOf[2], outputsOf[0]);
  // Everybody pays the same for what everybody sees.
  assert.equal(results[0]?.gasUsed, results[1]?.gasUsed);
  assert.deepEqual(results[1]?.raw, answers[1]);
});

test("a function that the manifest does not name returns what it returns", async () => {
  const { output, raw } = await called({ [QUOTE]: { fields: ["price"] } }, PRICE, [
    success(bytes("anything")),
  ]);
  assert.deepEqual([output, raw], [bytes("anything"), undefined]);
});

test("normalize gets the raw answer in the call's own environment, and what it returns is what counts", async () => {
  const frames: unknown[] = [];
  const raw = bytes('{"price":5}');
  const result = await called({ [QUOTE]: { fields: ["price", "isOpen"] } }, INPUT, [
    success(raw),
    (ask, frame) => {
      frames.push([toHex(frame.input), frame.value, frame.caller, frame.seed]);
      const refused = ask({ operation: "storagePut", slot: slot(1), value: slot(2) });
      assert.equal(refused.status, "refused");
      const inner = quoted(5n, "x", true);
      const output = fromHex(encodeAbiParameters(parseAbiParameters("bytes"), [toHex(inner)]));
      return { status: "success", output };
    },
  ]);
  const input = encodeFunctionData({ abi: ABI, functionName: "normalize", args: [toHex(raw)] });
  assert.deepEqual(frames, [[input, 0n, OTHER, slot(5)]]);
  assert.deepEqual(
    [result.status, toHex(result.output), result.written],
    ["success", toHex(quoted(5n, "", true)), 0],
  );
});

test("a normalize that fails is the call's own failure, and revert data is compared as it is", async () => {
  const outputs = { [QUOTE]: { fields: ["price"] } };
  const writes: Program = (ask) => {
    ask({ operation: "storagePut", slot: slot(1), value: slot(2) });
    return { status: "success", output: quoted(5n, "", true) };
  };
  const revert: Program = () => ({ status: "revert", output: bytes("no price") });
  const halt: Program = () => ({ status: "halt", code: "memory", detail: "" });
  const run = async (...programs: readonly Program[]) => {
    const { status, output, haltCode, written } = await called(outputs, INPUT, programs);
    return [status, output, haltCode, written];
  };
  assert.deepEqual(await run(writes, revert), ["revert", bytes("no price"), undefined, 0]);
  assert.deepEqual(await run(writes, halt), ["halt", EMPTY_BYTES, "memory", 0]);
  assert.deepEqual(await run(writes, success(bytes("?"))), ["halt", EMPTY_BYTES, "output", 0]);
  assert.deepEqual(await run(revert), ["revert", bytes("no price"), undefined, 0]);
  const gasLimit = 2n * BigInt(CONTAINER_PRICES.call.small) - 1n;
  const answer = success(quoted(5n, "", true));
  const poor = await called(outputs, INPUT, [answer], { gasLimit });
  assert.deepEqual([poor.status, poor.haltCode, poor.frames], ["halt", "outOfGas", 1]);
});

test("an answer that is not what the ABI says halts", async () => {
  const short = quoted(5n, "one", true).subarray(0, 90);
  const fields = await called({ [QUOTE]: { fields: ["source"] } }, INPUT, [success(short)], {
    abi: BARE,
  });
  assert.deepEqual([fields.status, fields.haltCode], ["halt", "output"]);
  for (const output of [EMPTY_BYTES, new Uint8Array(31), new Uint8Array(33)]) {
    const { status, haltCode } = await called({ "price()": "median" }, PRICE, [success(output)]);
    assert.deepEqual([status, haltCode], ["halt", "output"]);
  }
});

test("a call whose numbers are aggregated gives its own, and may not write, log or send", async () => {
  const refused: string[] = [];
  const result = await called({ "price()": "median" }, PRICE, [
    (ask) => {
      const to = OTHER;
      const changes = [
        ask({ operation: "storagePut", slot: slot(1), value: slot(2) }),
        ask({ operation: "put", key: bytes("k"), value: bytes("v") }),
        ask({ operation: "delete", key: bytes("k") }),
        ask({ operation: "log", topics: [], data: EMPTY_BYTES }),
        ask({ operation: "send", to, value: 0n, gas: 1n, callbackGas: 0n, input: EMPTY_BYTES }),
      ];
      refused.push(...changes.map(({ status }) => status));
      assert.equal(ask({ operation: "storageGet", slot: slot(1) }).status, "ok");
      return { status: "success", output: number(7n) };
    },
  ]);
  assert.deepEqual(refused, ["refused", "refused", "refused", "refused", "refused"]);
  assert.deepEqual(
    [result.status, result.number, result.written, result.logs, result.messages],
    ["success", `0x${"00".repeat(31)}07` as Hash, 0, [], []],
  );
});

test("numbers are aggregated of a contract that is constructed, for input that settle can be given again", async () => {
  const view = new MemoryView();
  const words = new Map<Hash, Hash>();
  storeConstructor(
    { load: (at) => words.get(at) ?? slot(0), store: (at, value) => words.set(at, value) },
    { deployer: OTHER, value: 0n, arguments: bytes("x") },
  );
  const slots = [...words].map(([at, value]) => ({ slot: at, value }));
  const account = { address: CONTRACT, exists: true, wiped: false, nonce: 1n, balance: 0n };
  view.apply({ accounts: [{ ...account, codeHash: EMPTY_CODE_HASH, slots }], codes: [] });
  const early = await called({ "price()": "median" }, PRICE, [], { view });
  assert.deepEqual([early.status, early.frames], ["revert", 0]);

  const padded = (length: number) => {
    const input = new Uint8Array(length);
    input.set(PRICE);
    return input;
  };
  const median = { "price()": "median" } as const;
  const longest = padded(MEDIAN_INPUT_BYTES_MAX);
  assert.equal((await called(median, longest, [success(number(7n))])).status, "success");
  assert.equal((await called(median, padded(MEDIAN_INPUT_BYTES_MAX + 1), [])).status, "revert");
});

test("a manifest's outputs name functions, fields and what is there, when they are wrong", () => {
  assert.equal(
    refusal({ "prise()": "median" }),
    'manifest: outputs.prise() is "median"; expected a function of the manifest\'s abi, which has quote(string), price(), depth(), settle(bytes,uint256), normalize(bytes)',
  );
  assert.match(refusal({ "price()": "median" }, []), /abi, which has none$/);
  assert.match(
    refusal({ [QUOTE]: "median" }),
    /median for a function that returns one integer; this one returns \(int64,string,bool\)$/,
  );
  assert.match(
    refusal({ "depth()": "median" }),
    /median beside a function settle\(bytes,int64\) in the abi, which is called with it; there is none$/,
  );
  assert.match(
    refusal({ [QUOTE]: { fields: ["price", "origin"] } }),
    /expected fields among price, source, isOpen, without origin$/,
  );
  assert.match(refusal({ "price()": { fields: ["price"] } }), /fields among 0, without price$/);
  assert.match(refusal({ "settle(bytes,uint256)": { fields: ["0"] } }), /fields among none/);
  const strange = parseAbi([
    "function normalize(bytes) returns (string)",
    "function f() returns (bool)",
  ]);
  assert.match(
    refusal({ "f()": { fields: ["0"] } }, strange),
    /beside a normalize\(bytes\) that returns \(bytes\), if there is one$/,
  );
  const large = [{ type: "function", name: "f", inputs: [], outputs: [{ type: "bool[5000]" }] }];
  assert.match(refusal({ "f()": { fields: ["0"] } }, large), /known types, not bool\[5000\]$/);
  const twice = parseAbi(["function f() returns (bool a, bool a)"] as never);
  assert.match(refusal({ "f()": { fields: ["a"] } }, twice), /fields among a, a, without a$/);
});

test("a manifest's outputs have their limits", () => {
  assert.match(refusal({}), new RegExp(`expected 1 to ${OUTPUTS_MAX} functions`));
  assert.match(refusal({ "price()": "mean" }), /each median or an object with fields$/);
  assert.match(refusal({ [QUOTE]: { fields: [] } }), new RegExp(`a list of 1 to ${FIELDS_MAX}`));
  assert.match(refusal({ [QUOTE]: { fields: ["price", "price"] } }), /different names/);
  const functions = Array.from({ length: OUTPUTS_MAX + 1 }, (_, i) => ({
    type: "function",
    name: `f${i}`,
    inputs: [],
    outputs: Array.from({ length: FIELDS_MAX + 1 }, () => ({ type: "bool" })),
  }));
  const some = (count: number, fields: number) =>
    Object.fromEntries(
      functions
        .slice(0, count)
        .map(({ name }) => [
          `${name}()`,
          { fields: Array.from({ length: fields }, (_, i) => `${i}`) },
        ]),
    );
  const few = functions.map(({ outputs, ...rest }) => ({ ...rest, outputs: outputs.slice(0, 1) }));
  encodeManifest(manifest(some(OUTPUTS_MAX, 1), few));
  encodeManifest(manifest(some(1, FIELDS_MAX), functions.slice(0, 1)));
  assert.match(refusal(some(OUTPUTS_MAX + 1, 1), few), /1 to 32 functions/);
  assert.match(refusal(some(1, FIELDS_MAX + 1), functions.slice(0, 1)), /a list of 1 to 16/);
});
