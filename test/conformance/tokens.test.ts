import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import {
  type Address,
  type BlockContext,
  type BlockExecution,
  bootEngine,
  contractAddress,
  describePhp,
  EvmExecutor,
  type ExecutableTransaction,
  encodeEnvelope,
  FrameStack,
  fromHex,
  keccak256,
  MemoryView,
  PhpTier,
  type StateDiff,
  type TransactionOutcome,
  tierOf,
  toHex,
  WasmTier,
  ZERO_ADDRESS,
  ZERO_HASH,
} from "@delchain/runtime";
import { decodeErrorResult, encodeFunctionData, type Hex, pad, parseAbi } from "viem";
import { loadArtefacts } from "../../apps/tour/artefacts.ts";
import { phpTokenCode } from "../../apps/tour/phpToken.ts";
import { relayAbi, tokenAbi } from "../../apps/tour/tokenAbi.ts";
import { currentPins } from "../../runtime/php/testing/phpChain.ts";
import { ALICE, BOB, type Step, TOKEN_STEPS } from "./tokenScenario.ts";

// The tour's contracts where they will live: each deployed by one ordinary creation transaction.

const GAS_LIMIT = 10_000_000n;
const artefacts = loadArtefacts();
const PHP_SOURCE = readFileSync(
  new URL("../../apps/tour/contracts/php/Token.php", import.meta.url),
);
const php = { name: "token-php", language: "PHP", initCode: phpTokenCode };
const tokens: readonly { name: string; language: string }[] = [
  ...[...artefacts.values()].filter(({ contract }) => contract === "token"),
  php,
];
const frames = new FrameStack();
const tiers = [new WasmTier({ frames }), new PhpTier({ pins: currentPins(), frames })] as const;

const BLOCK: BlockContext = {
  chainId: 31_337n,
  number: 1n,
  timestamp: 1_800_000_000n,
  // Many contracts in one block, and no test of block limits.
  gasLimit: 2n ** 40n,
  baseFee: 0n,
  producer: ZERO_ADDRESS,
  randomness: ZERO_HASH,
};

/** One open block of a chain on which Alice and Bob have money. */
class Ledger {
  readonly block: BlockExecution;
  readonly #nonces = new Map<Address, bigint>();

  constructor() {
    const view = new MemoryView();
    view.set(ALICE, { balance: 10n ** 24n });
    view.set(BOB, { balance: 10n ** 24n });
    const executor = new EvmExecutor({ tiers, transactionGasCap: 2 ** 26 });
    this.block = executor.openBlock(BLOCK, view);
  }

  send(sender: Address, to: Address | undefined, data: Hex, value = 0n): TransactionOutcome {
    const nonce = this.#nonces.get(sender) ?? 0n;
    this.#nonces.set(sender, nonce + 1n);
    const transaction: ExecutableTransaction = {
      type: 2,
      sender,
      to,
      nonce,
      gasLimit: GAS_LIMIT,
      maxFeePerGas: 0n,
      maxPriorityFeePerGas: 0n,
      value,
      data: fromHex(data),
      accessList: [],
    };
    const [outcome] = this.block.execute([transaction]);
    assert.ok(outcome !== undefined);
    return outcome;
  }

  deploy(name: string): Address {
    const artefact = name === php.name ? php : artefacts.get(name);
    assert.ok(artefact !== undefined, name);
    const at = contractAddress(ALICE, this.#nonces.get(ALICE) ?? 0n);
    const outcome = this.send(ALICE, undefined, artefact.initCode());
    assert.deepEqual(
      [outcome.status, outcome.status === "success" && outcome.created],
      ["success", at],
      `${name}: ${JSON.stringify(plain(outcome))}`,
    );
    return at;
  }
}

/** What a call came to, without its gas. */
function plain(outcome: TransactionOutcome): object {
  if (outcome.status === "success" || outcome.status === "revert") {
    return { status: outcome.status, output: toHex(outcome.output) };
  }
  return { status: outcome.status, reason: outcome.reason };
}

function storageOf(diff: StateDiff, address: Address): readonly object[] {
  return diff.accounts.find((account) => account.address === address)?.slots ?? [];
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
  const ledger = new Ledger();
  const played = tokens.map(({ name, language }) => {
    const address = ledger.deploy(name);
    return { language, address, outcomes: play(ledger, address, TOKEN_STEPS) };
  });
  const diff = ledger.block.diff();
  const [solidity, ...others] = played;
  assert.ok(solidity !== undefined);

  test("are written in Solidity, C, AssemblyScript, Rust and PHP", () => {
    assert.deepEqual(
      played.map(({ language }) => language),
      ["Solidity", "C", "AssemblyScript", "Rust", "PHP"],
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
      assert.deepEqual(storageOf(diff, address), storageOf(diff, solidity.address));
      assert.equal(storageOf(diff, address).length, 3);
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
    const forwarder = ledger.deploy("forwarder-c");
    const from = ledger.deploy("relay-solidity");
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
      const ledger = new Ledger();
      const token = ledger.deploy(name);
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
      const ledger = new Ledger();
      const token = ledger.deploy(name);
      const outcome = relay(ledger, token, 11n);
      assert.equal(outcome.status, "revert");
      const data = outcome.status === "revert" ? toHex(outcome.output) : "0x";
      const error = decodeErrorResult({ abi: parseAbi(["error Error(string)"]), data });
      assert.deepEqual(error.args, ["insufficient balance"]);
      assert.equal(storageOf(ledger.block.diff(), token).length, 2);
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
  const outcome = new Ledger().send(ALICE, undefined, toHex(encodeEnvelope(1, module)));
  assert.equal(outcome.status, "revert");
  const data = outcome.status === "revert" ? toHex(outcome.output) : "0x";
  const { args } = decodeErrorResult({ abi: parseAbi(["error Error(string)"]), data });
  assert.match(String(args?.[0]), /read_clock/);
});
