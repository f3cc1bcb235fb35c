import assert from "node:assert/strict";
import { test } from "node:test";
import type { AbiParameter } from "viem";
import { CommandError } from "../commandError.ts";
import { EXIT } from "../exitCodes.ts";
import { parseArguments } from "./abiArguments.ts";

const ADDRESS = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";

function parsed(type: string, word: string, components?: readonly AbiParameter[]): unknown {
  const input = { type, name: "x", ...(components && { components }) };
  return parseArguments("f", [input], [word])[0];
}

function refusal(type: string, word: string, components?: readonly AbiParameter[]): string {
  try {
    return `taken as ${String(parsed(type, word, components))}`;
  } catch (error) {
    assert.ok(error instanceof CommandError);
    assert.equal(error.exitCode, EXIT.usage);
    return error.message;
  }
}

test("a word becomes the value that its parameter's type takes", () => {
  const cases: readonly (readonly [string, string, unknown])[] = [
    ["uint256", "42", 42n],
    ["uint256", "1_000_000", 1_000_000n],
    ["uint256", "0xff", 255n],
    ["uint256", "1.5ether", 1_500_000_000_000_000_000n],
    ["uint256", "2DEL", 2_000_000_000_000_000_000n],
    ["uint256", "20gwei", 20_000_000_000n],
    ["int128", "-7", -7n],
    ["uint8", "255", 255],
    ["bool", "true", true],
    ["bool", "false", false],
    ["address", ADDRESS.toLowerCase(), ADDRESS],
    ["bytes", "0x", "0x"],
    ["bytes4", "0x01020304", "0x01020304"],
    ["string", "42", "42"],
    ["uint256[]", "[1, 2]", [1n, 2n]],
    [
      "uint256[2][]",
      "[[1, 2], [3, 4]]",
      [
        [1n, 2n],
        [3n, 4n],
      ],
    ],
    ["string[]", '["1", "two"]', ["1", "two"]],
  ];
  for (const [type, word, value] of cases) assert.deepEqual(parsed(type, word), value, type);
});

test("numbers in JSON lists keep every digit", () => {
  const large = 2n ** 255n + 1n;
  assert.deepEqual(parsed("uint256[]", `[${large},${large}, 1]`), [large, large, 1n]);
});

test("a tuple is a JSON object by its names, or a list in their order", () => {
  const components = [
    { name: "to", type: "address" },
    { name: "amounts", type: "uint64[]" },
  ];
  const value = { to: ADDRESS, amounts: [1n, 2n] };
  assert.deepEqual(parsed("tuple", `{"to":"${ADDRESS}","amounts":[1,2]}`, components), value);
  assert.deepEqual(parsed("tuple", `["${ADDRESS}",[1,2]]`, components), value);
  assert.deepEqual(parsed("tuple[]", `[["${ADDRESS}",[1,2]]]`, components), [value]);
});

test("what does not fit is refused by parameter, value and form", () => {
  const cases: readonly (readonly [string, string, RegExp])[] = [
    ["uint8", "256", /^uint8 x: "256" is not a number from 0 to 255 for uint8$/],
    ["uint256", "-1", /"-1" is not a number from 0 to/],
    ["uint256", "ten", /"ten" is not a whole number for uint256: decimal, 0x hex, or an amount/],
    ["uint256", "1.5", /"1.5" is not a whole number/],
    ["bool", "1", /^bool x: "1" is not true or false$/],
    ["address", "0x12", /^address x: "0x12" is not an address: 0x and 40 hex digits$/],
    ["address", `0x${ADDRESS.slice(2).toLowerCase().replace("c", "C")}`, /checksum \(EIP-55\)/],
    ["bytes4", "0x0102", /"0x0102" is not 0x and 8 hex digits/],
    ["bytes", "0x123", /is not bytes: 0x and pairs of hex digits/],
    ["uint256[]", "1,2", /^uint256\[\] x: "1,2" is not JSON/],
    ["uint256[2]", "[1]", /is not a JSON list of 2/],
    ["uint8[]", "[1, 300]", /^uint8\[\] x\[1\]: "300" is not a number from 0 to 255/],
  ];
  for (const [type, word, pattern] of cases) assert.match(refusal(type, word), pattern);
  const components = [{ name: "to", type: "address" }];
  assert.match(refusal("tuple", '{"too":"1"}', components), /object of to; to is missing/);
});

test("too many or too few words are told with what the function takes", () => {
  const inputs = [
    { type: "address", name: "to" },
    { type: "uint256", name: "amount" },
  ];
  assert.throws(() => parseArguments("Token.transfer", inputs, ["1"]), {
    message: "Token.transfer takes 2 arguments (address to, uint256 amount), and 1 were given",
  });
});
