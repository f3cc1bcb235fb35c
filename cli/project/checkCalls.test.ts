import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeAbiParameters, decodeFunctionData, parseAbi } from "viem";
import { CommandError } from "../commandError.ts";
import { EXIT } from "../exitCodes.ts";
import { planCalls } from "./checkCalls.ts";

const ABI = parseAbi([
  "constructor(uint256 supply)",
  "struct Order { address to; uint256[] amounts; }",
  "function pay(address to, uint256 amount) returns (bool)",
  "function order(Order order, string note, bytes4 tag, int8[2] pair, bool now) returns (bool)",
]);

test("every function is called with made up arguments, which are the same each time", () => {
  const plan = planCalls("Shop", ABI, []);
  assert.deepEqual(
    plan.calls.map(({ shown }) => shown),
    ["pay(address,uint256)", "order((address,uint256[]),string,bytes4,int8[2],bool)"],
  );
  assert.deepEqual(planCalls("Shop", ABI, []), plan);
  for (const { input } of plan.calls) assert.ok(decodeFunctionData({ abi: ABI, data: input }).args);
  const [supply] = decodeAbiParameters([{ type: "uint256" }], plan.constructorArguments ?? "0x");
  assert.ok(supply > 0n);
});

test("calls are read as people write them, with the constructor's arguments among them", () => {
  const to = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";
  const order = `order({"to": "${to}", "amounts": [1, 2]}, "a, b", 0x01020304, [1, -2], true)`;
  const plan = planCalls("Shop", ABI, ["constructor(7)", `pay(${to}, 5)`, order, "0xdeadbeef"]);
  const [pay, ordered, raw] = plan.calls;
  assert.deepEqual(decodeFunctionData({ abi: ABI, data: pay?.input ?? "0x" }).args, [to, 5n]);
  assert.deepEqual(decodeFunctionData({ abi: ABI, data: ordered?.input ?? "0x" }).args, [
    { to, amounts: [1n, 2n] },
    "a, b",
    "0x01020304",
    [1, -2],
    true,
  ]);
  assert.deepEqual([raw?.input, raw?.called], ["0xdeadbeef", undefined]);
  assert.equal(BigInt(plan.constructorArguments ?? "0x0"), 7n);
});

test("what cannot be called is refused with what would be", () => {
  const refusal = (abi: typeof ABI | [], asked: readonly string[]): string => {
    try {
      planCalls("Shop", abi, asked);
    } catch (error) {
      assert.ok(error instanceof CommandError);
      assert.equal(error.exitCode, EXIT.usage);
      return error.message;
    }
    return "taken";
  };
  assert.match(refusal(ABI, ["pay 5"]), /is no call: it takes 'name\(argument, …\)'/);
  assert.match(
    refusal(ABI, ["gone()"]),
    /Shop has no function gone; it has pay\(address,uint256\)/,
  );
  assert.match(refusal(ABI, ["pay(5)"]), /takes 2 arguments .*, and 1 were given/);
  assert.match(refusal([], []), /has no function in its ABI; say what to call/);
  assert.match(refusal([], ["constructor(1)", "0x00"]), /Shop has no constructor/);
  assert.match(refusal(ABI, Array(257).fill("0x00")), /257 calls; the limit is 256/);
});
