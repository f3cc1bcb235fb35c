import assert from "node:assert/strict";
import { test } from "node:test";
import { InvalidInput } from "../types/errors.ts";
import { describePhp } from "./describePhp.ts";
import { bootEngine } from "./engine.ts";
import { currentPins } from "./testing/phpChain.ts";

const engine = bootEngine(currentPins());
const describe = (source: string): readonly object[] =>
  describePhp(new TextEncoder().encode(source), engine);

test("the ABI of a contract is what its methods, attributes and events say", () => {
  const abi = describe(`<?php
use DelChain\\{Address, Constructor, Contract, Event, Payable, Returns, Type, U256, View};
#[Event('Moved(address indexed from, address indexed, uint256 amount)')]
final class Purse extends Contract {
    #[Constructor] public function begin(Address $owner): void {}
    #[Payable] public function pay(#[Type('bytes')] string $note): void {}
    #[Returns('(uint8, bytes3[])[2][]', 'int64')] public function list(): array { return []; }
    public function receive(): void {}
    public function fallback(string $input): string { return ''; }
    #[View] public function total(int $of, string $in): U256 { return U256::zero(); }
    public static function hidden(): void {}
    private function inner(): void {}
}`);
  const parameter = (name: string, type: string): object => ({ name, type });
  assert.deepEqual(abi, [
    {
      type: "constructor",
      inputs: [parameter("owner", "address")],
      stateMutability: "nonpayable",
    },
    {
      type: "function",
      name: "pay",
      inputs: [parameter("note", "bytes")],
      outputs: [],
      stateMutability: "payable",
    },
    {
      type: "function",
      name: "list",
      inputs: [],
      outputs: [
        {
          ...parameter("", "tuple[2][]"),
          components: ["uint8", "bytes3[]"].map((type) => parameter("", type)),
        },
        parameter("", "int64"),
      ],
      stateMutability: "nonpayable",
    },
    {
      type: "function",
      name: "total",
      inputs: [parameter("of", "uint64"), parameter("in", "string")],
      outputs: [parameter("", "uint256")],
      stateMutability: "view",
    },
    { type: "receive", stateMutability: "payable" },
    { type: "fallback", stateMutability: "payable" },
    {
      type: "event",
      name: "Moved",
      inputs: [
        { ...parameter("from", "address"), indexed: true },
        { ...parameter("", "address"), indexed: true },
        { ...parameter("amount", "uint256"), indexed: false },
      ],
      anonymous: false,
    },
  ]);
});

test("a source that declares no ABI is refused with PHP's reason", () => {
  const cases: Readonly<Record<string, RegExp>> = {
    "<?php class C {": /^the source has no ABI: Unclosed '\{' \(contract\.php:1\)$/,
    "<?php class C { function f() {} function f() {} }":
      /Cannot redeclare C::f\(\) in contract\.php/,
    "<?php while (true) {} class C extends DelChain\\Contract {}":
      /^the source has no ABI: OutOfGas$/,
    "<?php DelChain\\Guest::ask(DelChain\\Guest::GAS_LEFT, '');":
      /^the source has no ABI: GuestFault: a contract asked the host while it was described$/,
    "<?php #[DelChain\\Event('no')] class C extends DelChain\\Contract {}":
      /"no" declares no event/,
  };
  for (const [source, reason] of Object.entries(cases)) {
    assert.throws(
      () => describe(source),
      (error) => error instanceof InvalidInput && reason.test(error.message),
    );
  }
});
