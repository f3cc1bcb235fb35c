import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { keccak256 } from "@delchain/runtime";
import {
  encodeAbiParameters,
  encodeErrorResult,
  type Hex,
  parseAbi,
  parseAbiParameters,
  toFunctionSelector,
} from "viem";
import { compileProgram } from "../../../images/c/program.ts";
import {
  cMachine,
  cProgramMachine,
  type Machine,
  nodeMachine,
  phpErrors,
  phpMachine,
  phpRefusal,
  phpWasmMachine,
} from "./machines.ts";

// What containers have of a contract's outside, beside the club: value, views, plain calls, and what is said when they
// go wrong. Both contracts are the same source in the WebAssembly tier.

const RECEIVED = "Received(uint256)";
const topic: Hex = keccak256(new TextEncoder().encode(RECEIVED));

const C = `#include "contract.h"
#define WRITE(slot) do { u256 one = dc_u256(1); dc_store_word((slot), &one); } while (0)
DC_EVENT(RECEIVED, ${topic}, "event ${RECEIVED.replace("uint256", "uint256 value")}")
static void pay(void) { dc_result_u256(dc_value()); }
static void sneak(void) { WRITE(dc_slot_at(dc_u256(1))); }
static void tell(void) { dc_emit_words(1, (const u256[]){DC_TOPIC(RECEIVED)}, 1); }
static void take(void) { DC_EMIT(1, RECEIVED, dc_value()); }
static void answer(void) { dc_refuse_value(); dc_result(dc_input()); }
static void broken(void) { dc_require(false, "broken"); }
DC_CONTRACT(
  DC_PAYABLE_METHOD(${toFunctionSelector("pay()")}, pay, "function pay() payable returns (uint256)")
  DC_VIEW_METHOD(${toFunctionSelector("sneak()")}, sneak, "function sneak() view")
  DC_METHOD(${toFunctionSelector("tell()")}, tell, "function tell()")
  DC_METHOD(${toFunctionSelector("broken()")}, broken, "function broken()")
  DC_RECEIVE(take)
  DC_FALLBACK(answer)
)`;

const PHP = `<?php

declare(strict_types=1);

use DelChain\\{Contract, Payable, Storage, U256, View};

final class Purse extends Contract
{
    #[Payable]
    public function pay(): U256
    {
        return $this->call()->value;
    }

    #[View]
    public function sneak(): void
    {
        Storage::of($this, 'uint256', 1)->set(1);
    }

    public function tell(): void
    {
        $this->emit('${RECEIVED}', [], [0]);
    }

    public function broken(): void
    {
        $this->require(false, 'broken');
    }

    public function receive(): void
    {
        $this->emit('${RECEIVED}', [], [$this->call()->value]);
    }

    public function fallback(string $input): string
    {
        $this->require($this->call()->value->isZero(), 'no value');
        return $input;
    }
}
`;

const TYPESCRIPT = `import { contract, event, external, host, payable, require, storage, uint256, view } from "@delchain/node";

const { sneaked } = storage({ first: uint256, sneaked: uint256 });
const Received = event("Received", { value: uint256 });

export const purse = contract(
  {
    pay: payable({}, uint256, () => host.value()),
    sneak: view({}, () => sneaked.set(1n)),
    tell: external({}, () => Received({ value: 0n })),
    broken: external({}, () => require(false, "broken")),
  },
  { receive: () => Received({ value: host.value() }), fallback: (input) => input },
);
`;

function word(value: bigint): Hex {
  return encodeAbiParameters(parseAbiParameters("uint256"), [value]);
}

function reason(text: string): Hex {
  return encodeErrorResult({ abi: parseAbi(["error Error(string)"]), args: [text] });
}

const BUILDERS: readonly (readonly [string, () => Promise<Machine>])[] = [
  ["C (wasm)", () => cMachine(C)],
  ["C (container)", () => cProgramMachine(C)],
  ["PHP (container)", () => phpMachine(PHP)],
  ["PHP (wasm)", async () => phpWasmMachine(PHP)],
  ["TypeScript (container)", () => nodeMachine(TYPESCRIPT)],
];

for (const [language, build] of BUILDERS) {
  describe(`a contract's outside in ${language}`, () => {
    let machine: Machine;
    before(async () => {
      machine = await build();
    });
    after(() => machine.stop());

    test("takes value where it says so, and nowhere else", async () => {
      const pay = toFunctionSelector("pay()");
      const paid = await machine.call({ input: pay, value: 9n });
      assert.deepEqual(paid, { status: "success", output: word(9n), logs: [] });
      const refused = await machine.call({ input: toFunctionSelector("broken()"), value: 9n });
      assert.deepEqual(refused, { status: "revert", output: "0x", logs: [] });
    });

    test("reverts a view that writes", async () => {
      const written = await machine.call({ input: toFunctionSelector("sneak()") });
      const expected = { status: "revert", output: reason("a view method writes"), logs: [] };
      assert.deepEqual(written, expected);
      assert.deepEqual(machine.storage(), []);
    });

    test("forgets that a view ran when the next call begins", async () => {
      await machine.call({ input: toFunctionSelector("sneak()") });
      assert.equal((await machine.call({ input: toFunctionSelector("tell()") })).status, "success");
    });

    test("takes plain value, and what no method takes", async () => {
      const taken = await machine.call({ input: "0x", value: 5n });
      const logs = [{ topics: [topic], data: word(5n) }];
      assert.deepEqual(taken, { status: "success", output: "0x", logs });
      for (const input of ["0xdeadbeef05", "0xdead"] as const) {
        const answered = await machine.call({ input });
        assert.deepEqual(answered, { status: "success", output: input, logs: [] });
      }
    });

    test("gives a reason that is the contract's alone", async () => {
      const broken = await machine.call({ input: toFunctionSelector("broken()") });
      assert.deepEqual(broken, { status: "revert", output: reason("broken"), logs: [] });
    });
  });
}

/** Members of a class in lines 8 and 9 of its file, what is said of them, and of which line. */
const MISTAKES: readonly (readonly [string, string, number])[] = [
  ["public function f(?array $x): void {}", 'Bad::f, parameter $x has the type "?array"', 8],
  ["public function f(#[Type('uint7')] int $x): void {}", '"uint7" is no type of the ABI', 8],
  ["#[Returns('u256')]\n    public function f(): U256 {}", '"u256" is no type of the ABI', 9],
  ["public function f() {}", 'the result of Bad::f has the type ""', 8],
  [
    "public function burn(U256 $a): void {}\n    public function collate_propagate_storage(#[Type('bytes16')] string $a): void {}",
    "the selector of collate_propagate_storage is another method's too; rename it",
    9,
  ],
  [
    "public function __construct() { Storage::of($this, 'uint256[', 0); }",
    '"uint256[" is no type of the ABI',
    8,
  ],
];

function mistaken(member: string): string {
  return `<?php

declare(strict_types=1);

use DelChain\\{Contract, Returns, Storage, Type, U256};

final class Bad extends Contract {
    ${member}
}
`;
}

test("mistakes in PHP stop the container before its first call, and name file and line", async () => {
  const sources = MISTAKES.map(([member], i) => [`Bad${i}.php`, mistaken(member)] as const);
  const errors = await phpErrors(Object.fromEntries(sources));
  for (const [i, [, message, line]] of MISTAKES.entries()) {
    const said = errors[`Bad${i}.php`] ?? "";
    assert.ok(said.includes(message), said);
    assert.match(said, new RegExp(`Bad${i}\\.php(:|\\()${line}`));
  }
});

test("mistakes in PHP stop the deployment of its source, and name the line", () => {
  for (const [member, message, line] of MISTAKES) {
    const said = phpRefusal(mistaken(member));
    assert.ok(said.startsWith(message), said);
    assert.ok(said.endsWith(` (contract.php:${line})`), said);
  }
});

test("a call of a container in C that allocates beyond its memory is a trap, and the next call runs", async () => {
  const source = `#include "contract.h"
static void hoard(void) { dc_allocate(DC_MEMORY_BYTES - 16); dc_result_bool(true); }
static void hoard_more(void) { dc_allocate(DC_MEMORY_BYTES - 16); dc_allocate(17); }
DC_CONTRACT(
  DC_METHOD(${toFunctionSelector("hoard()")}, hoard, "function hoard() returns (bool)")
  DC_METHOD(${toFunctionSelector("hoardMore()")}, hoard_more, "function hoardMore()")
)`;
  const machine = await cProgramMachine(source);
  try {
    const hoard = (name: string): ReturnType<Machine["call"]> =>
      machine.call({ input: toFunctionSelector(name) });
    // TRAP by a signal, 4 (SIGILL).
    await assert.rejects(
      hoard("hoardMore()"),
      /an unexpected frame: 0x0000000e06[0-9a-f]{16}0100000004$/,
    );
    assert.equal((await hoard("hoard()")).status, "success");
  } finally {
    await machine.stop();
  }
});

test("a debug build of a container in C says where a reason comes from", async () => {
  const machine = await cProgramMachine(C, true);
  try {
    const { output } = await machine.call({ input: toFunctionSelector("broken()") });
    assert.equal(output, reason("broken (main.c:9)"));
  } finally {
    await machine.stop();
  }
});

test("a mistake in a container's declarations in C stops the build with file and line", async () => {
  const folder = await mkdtemp(join(tmpdir(), "delchain-parity-"));
  try {
    const file = join(folder, "bad.c");
    await writeFile(file, C.replace(toFunctionSelector("pay()"), "0x12345678"));
    await assert.rejects(compileProgram(file), /bad\.c:11: "function pay\(\).* has the selector/);
  } finally {
    await rm(folder, { recursive: true });
  }
});
