import assert from "node:assert/strict";
import { before, test } from "node:test";
import { instantiateSync } from "@assemblyscript/loader";
import { ASSEMBLYSCRIPT_FLAGS, compileAssemblyScript } from "@delchain/assemblyscript";
import { encodeFunctionData } from "viem";
import { tokenAbi } from "../../apps/tour/tokenAbi.ts";
import { BOB } from "./tokenScenario.ts";

// The rules of a contract, run in a page or a server as they run on the chain: @assemblyscript/loader carries texts and
// arrays over the border, and no host is asked.

const SDK = "@delchain/assemblyscript/assembly";

/** A file that a contract imports, and so does the page that shows what it would do. */
const RULES = `import { Address, Encoder, u256 } from "${SDK}";
export function greeting(name: string): string { return "hello " + name; }
export function sum(amounts: Uint32Array): u64 {
  let total: u64 = 0;
  for (let i = 0; i < amounts.length; i++) total += amounts[i];
  return total;
}
export function encodeTransfer(to: Uint8Array, amount: u64): Uint8Array {
  const word = heap.alloc(32);
  memory.fill(word, 0, 12);
  memory.copy(word + 12, to.dataStart, 20);
  const receiver = new Address();
  receiver.loadWord(word);
  const data = Encoder.withSelector(0xa9059cbb, 2).add<Address>(receiver).add<u256>(u256.from(amount)).finish();
  const bytes = new Uint8Array(data.length);
  memory.copy(bytes.dataStart, data.start, data.length);
  return bytes;
}
export function overfill(): void { Encoder.withSelector(1, 1).add<u64>(1).add<u64>(2); }
export function tooMuch(): u64 { return (u256.MAX + u256.from(1)).toU64(); }`;

const CONTRACT = `import { require } from "${SDK}";
import { greeting } from "./rules";
@contract export class Greeter {
  @view greet(name: string): string { require(name.length > 0, "no name"); return greeting(name); }
}`;

type Rules = {
  readonly __newString: (text: string) => number;
  readonly __getString: (pointer: number) => string;
  readonly __newArray: (id: number, values: readonly number[] | Uint8Array) => number;
  readonly __getUint8Array: (pointer: number) => Uint8Array;
  readonly [name: string]: unknown;
};

let rules: Rules;

function call(name: string, ...args: readonly (number | bigint)[]): number | bigint {
  const run = rules[name];
  assert.ok(typeof run === "function", `${name} is not exported`);
  return run(...args) as number | bigint;
}

/** What a page has instead of a chain: a question to it is a mistake. */
const NO_HOST: WebAssembly.ModuleImports = new Proxy(
  {},
  {
    get: (_, name) => () => {
      throw new Error(`${String(name)} asks the chain`);
    },
  },
);

before(async () => {
  const exported =
    "export const BYTES: u32 = idof<Uint8Array>();\nexport const NUMBERS: u32 = idof<Uint32Array>();";
  const { module } = await compileAssemblyScript({
    main: "rules.ts",
    files: { "rules.ts": `${RULES}\n${exported}` },
    flags: [...ASSEMBLYSCRIPT_FLAGS, "--exportRuntime"],
    isContract: false,
  });
  const instance = instantiateSync(module as BufferSource, { vm_hooks: NO_HOST });
  rules = instance.exports as unknown as Rules;
});

function idOf(name: string): number {
  return (rules[name] as WebAssembly.Global).value as number;
}

test("texts go into a contract's rules and come out of them", () => {
  const greeted = call("greeting", rules.__newString("Zürich"));
  assert.equal(rules.__getString(Number(greeted)), "hello Zürich");
});

test("arrays go in, and numbers beyond 32 bits come out", () => {
  const amounts = rules.__newArray(idOf("NUMBERS"), [2 ** 32 - 1, 2 ** 32 - 1]);
  assert.equal(call("sum", amounts), 2n ** 33n - 2n);
});

test("the SDK's own encoder gives a page the calldata that viem would", () => {
  const to = rules.__newArray(idOf("BYTES"), Buffer.from(BOB.slice(2), "hex"));
  const data = rules.__getUint8Array(Number(call("encodeTransfer", to, 250n)));
  const expected = encodeFunctionData({
    abi: tokenAbi,
    functionName: "transfer",
    args: [BOB, 250n],
  });
  assert.equal(`0x${Buffer.from(data).toString("hex")}`, expected);
});

test("rules that ask the chain say so instead of answering", () => {
  assert.throws(() => call("tooMuch"), /write_result asks the chain/);
});

test("an encoder takes no more values than it was opened for", () => {
  assert.throws(() => call("overfill"), WebAssembly.RuntimeError);
});

test("the contract that imports the same file is compiled as any other", async () => {
  const files = { "greeter.ts": CONTRACT, "rules.ts": RULES };
  const { module, abi } = await compileAssemblyScript({ main: "greeter.ts", files });
  assert.ok(WebAssembly.validate(module as BufferSource));
  assert.equal(abi.length, 1);
});
