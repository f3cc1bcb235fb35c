import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import {
  type Address,
  bootEngine,
  describePhp,
  encodeEnvelope,
  fromHex,
  keccak256,
  type TransactionOutcome,
  tierOf,
  toHex,
} from "@delchain/runtime";
import { decodeErrorResult, encodeFunctionData, type Hex, pad, parseAbi } from "viem";
import { loadArtefacts } from "../../apps/tour/artefacts.ts";
import { phpTokenCode } from "../../apps/tour/phpToken.ts";
import { relayAbi, tokenAbi } from "../../apps/tour/tokenAbi.ts";
import { currentPins } from "../../runtime/php/testing/phpChain.ts";
import { Ledger, plain } from "./ledger.ts";
import { ALICE, BOB, type Step, TOKEN_STEPS } from "./tokenScenario.ts";

// The tour's contracts where they will live: each deployed by one ordinary creation transaction.

const artefacts = loadArtefacts();
const PHP_SOURCE = readFileSync(
  new URL("../../apps/tour/contracts/php/Token.php", import.meta.url),
);
const php = { name: "token-php", language: "PHP", initCode: phpTokenCode };
const tokens: readonly { name: string; language: string }[] = [
  ...[...artefacts.values()].filter(({ contract }) => contract === "token"),
  php,
];

function open(): Ledger {
  return new Ledger([ALICE, BOB]);
}

function deploy(ledger: Ledger, name: string): Address {
  const artefact = name === php.name ? php : artefacts.get(name);
  assert.ok(artefact !== undefined, name);
  return ledger.deploy(artefact.initCode(), name);
}

function play(
  ledger: Ledger,
  token: Address,
  steps: readonly Step[],
): readonly TransactionOutcome[] {
  return steps.map(({ caller, input, value }) => ledger.send(caller, token, input, value));
}

function mint(to: Address, amount: bigint): Hex {
  return encodeFunctionData({ abi: tokenAbi, functionName: "mint", args: [to, amount] });
}

describe("the tour's tokens", () => {
  const ledger = open();
  const played = tokens.map(({ name, language }) => {
    const address = deploy(ledger, name);
    return { language, address, outcomes: play(ledger, address, TOKEN_STEPS) };
  });
  const [solidity, ...others] = played;
  assert.ok(solidity !== undefined);

  test("are written in Solidity, C, AssemblyScript, Rust, Java and PHP", () => {
    assert.deepEqual(
      played.map(({ language }) => language),
      ["Solidity", "C", "AssemblyScript", "Rust", "Java", "PHP"],
    );
  });

  for (const { language, address, outcomes } of played) {
    test(`${language}: every step answers what the scenario says`, () => {
      assert.deepEqual(
        outcomes.map((outcome, i) => ({ step: TOKEN_STEPS[i]?.name, ...plain(outcome) })),
        TOKEN_STEPS.map(({ name, status, output }) => ({ step: name, status, output })),
      );
    });

    test(`${language}: the stored code says which tier runs it`, () => {
      const codeHash = ledger.block.account(address)?.codeHash;
      const code = codeHash && ledger.block.code(codeHash);
      assert.equal(code && tierOf(code), language === "Solidity" ? "evm" : "wasm");
    });
  }

  for (const { language, address, outcomes } of others) {
    test(`${language}: storage is Solidity's, slot by slot`, () => {
      assert.deepEqual(ledger.storage(address), ledger.storage(solidity.address));
      assert.equal(ledger.storage(address).length, 3);
    });

    test(`${language}: logs are Solidity's, topic by topic`, () => {
      const logs = (all: readonly TransactionOutcome[]): readonly object[] =>
        all.flatMap((one) =>
          one.status === "success" ? one.logs.map(({ topics, data }) => ({ topics, data })) : [],
        );
      assert.deepEqual(logs(outcomes), logs(solidity.outcomes));
      assert.equal(logs(outcomes).length, 5);
    });
  }
});

test("the ABI of the token in PHP is the one that clients of the tour use", () => {
  const abi = describePhp(PHP_SOURCE, bootEngine(currentPins()));
  const sorted = (entries: readonly object[]): readonly string[] =>
    entries.map((entry) => JSON.stringify(Object.entries(entry).sort())).sort();
  assert.deepEqual(sorted(abi), sorted(tokenAbi.map((entry) => withAnonymous(entry))));
});

/** What Solidity's compiler says of every event, and viem does without. */
function withAnonymous(entry: (typeof tokenAbi)[number]): object {
  return entry.type === "event" ? { ...entry, anonymous: false } : entry;
}

describe("a relay from the EVM through WebAssembly and back", () => {
  const relay = (ledger: Ledger, token: Address, amount: bigint): TransactionOutcome => {
    const forwarder = deploy(ledger, "forwarder-c");
    const from = deploy(ledger, "relay-solidity");
    ledger.send(ALICE, token, mint(forwarder, 10n));
    const args = [forwarder, token, BOB, amount] as const;
    return ledger.send(
      ALICE,
      from,
      encodeFunctionData({ abi: relayAbi, functionName: "relay", args }),
    );
  };

  for (const { name, language } of tokens) {
    test(`moves a token in ${language} and logs on both sides`, () => {
      const ledger = open();
      const token = deploy(ledger, name);
      const outcome = relay(ledger, token, 4n);
      assert.deepEqual(plain(outcome), { status: "success", output: pad("0x01", { size: 32 }) });
      const logs = outcome.status === "success" ? outcome.logs : [];
      assert.deepEqual(
        logs.map(({ topics }) => topics[0]),
        ["Transfer(address,address,uint256)", "Relayed(address,address,address,uint256)"].map(
          (signature) => keccak256(new TextEncoder().encode(signature)),
        ),
      );
      const balance = ledger.send(
        BOB,
        token,
        encodeFunctionData({ abi: tokenAbi, functionName: "balanceOf", args: [BOB] }),
      );
      assert.deepEqual(plain(balance), { status: "success", output: pad("0x04", { size: 32 }) });
    });

    test(`brings back the reason when a token in ${language} refuses, and leaves nothing`, () => {
      const ledger = open();
      const token = deploy(ledger, name);
      const outcome = relay(ledger, token, 11n);
      assert.equal(outcome.status, "revert");
      const data = outcome.status === "revert" ? toHex(outcome.output) : "0x";
      const error = decodeErrorResult({ abi: parseAbi(["error Error(string)"]), data });
      assert.deepEqual(error.args, ["insufficient balance"]);
      assert.equal(ledger.storage(token).length, 2);
    });
  }
});

test("a module that imports what no host offers is refused with the reason", () => {
  // (module (import "vm_hooks" "read_clock" (func)) (memory (export "memory") 1)
  //   (func (export "user_entrypoint") (param i32) (result i32) i32.const 0))
  const module = fromHex(
    "0x0061736d01000000" +
      "0109026000006001" +
      "7f017f" +
      "02170108766d5f686f6f6b730a726561645f636c6f636b0000" +
      "03020101" +
      "0503010001" +
      "071c02066d656d6f727902000f757365725f656e747279706f696e740001" +
      "0a0601040041000b",
  );
  assert.ok(WebAssembly.validate(module as BufferSource));
  const outcome = open().send(ALICE, undefined, toHex(encodeEnvelope(1, module)));
  assert.equal(outcome.status, "revert");
  const data = outcome.status === "revert" ? toHex(outcome.output) : "0x";
  const { args } = decodeErrorResult({ abi: parseAbi(["error Error(string)"]), data });
  assert.match(String(args?.[0]), /read_clock/);
});
