import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Address, addressFromBytes, type TransactionOutcome, toHex } from "@delchain/runtime";
import {
  type Abi,
  decodeErrorResult,
  decodeEventLog,
  decodeFunctionResult,
  encodeAbiParameters,
  encodeFunctionData,
  getAddress,
  type Hex,
} from "viem";
import { loadArtefacts } from "../../apps/tour/artefacts.ts";
import { erc20Abi, erc721Abi } from "../../apps/tour/standardAbi.ts";
import { Ledger } from "./ledger.ts";
import { compileSolidity } from "./solidity.ts";
import { ALICE, BOB } from "./tokenScenario.ts";

// ERC-20 and ERC-721 on the unmodified stylus-sdk, used as any Ethereum library uses them.

const CAROL: Address = addressFromBytes(new Uint8Array(20).fill(0xca));
const NOBODY: Address = addressFromBytes(new Uint8Array(20));
const [alice, bob, carol, nobody] = [ALICE, BOB, CAROL, NOBODY].map((one) => getAddress(one));

/** What a call came to, by viem: its result, its events, or its error. */
type Answer =
  | { readonly result: unknown; readonly events: readonly object[] }
  | { readonly error: string; readonly args: readonly unknown[] };

/** A deployed contract that is called by name. */
class Client {
  readonly address: Address;
  readonly #ledger: Ledger;
  readonly #abi: Abi;

  constructor(ledger: Ledger, abi: Abi, address: Address) {
    this.#ledger = ledger;
    this.#abi = abi;
    this.address = address;
  }

  call(sender: Address, functionName: string, args: readonly unknown[], value = 0n): Answer {
    const data = encodeFunctionData({ abi: this.#abi, functionName, args: [...args] });
    const outcome = this.#ledger.send(sender, this.address, data, value);
    if (outcome.status === "success") {
      const result = decodeFunctionResult({
        abi: this.#abi,
        functionName,
        args: [...args],
        data: toHex(outcome.output),
      });
      return { result, events: this.#events(outcome) };
    }
    assert.equal(outcome.status, "revert");
    const reason = outcome.status === "revert" ? toHex(outcome.output) : "0x";
    if (reason === "0x") return { error: "empty", args: [] };
    const { errorName, args: facts = [] } = decodeErrorResult({ abi: this.#abi, data: reason });
    return { error: errorName, args: facts as readonly unknown[] };
  }

  #events(outcome: TransactionOutcome & { readonly status: "success" }): readonly object[] {
    return outcome.logs
      .filter(({ address }) => address === this.address)
      .map(({ topics, data }) => {
        const log = { topics: topics as unknown as [Hex, ...Hex[]], data: toHex(data) };
        const { eventName, args } = decodeEventLog({ abi: this.#abi, ...log });
        return { [String(eventName)]: Object.values(args ?? {}) };
      });
  }
}

function deploy(ledger: Ledger, name: string, abi: Abi, constructorInput: Hex): Client {
  const artefact = loadArtefacts().get(name);
  assert.ok(artefact !== undefined, `${name} is not built`);
  return new Client(ledger, abi, ledger.deploy(artefact.initCode(constructorInput), name));
}

function erc20(ledger: Ledger): Client {
  const types = [{ type: "string" }, { type: "string" }, { type: "address" }] as const;
  const input = encodeAbiParameters(types, ["Gold of the mountain kings", "GOLD", ALICE]);
  return deploy(ledger, "erc20-rust", erc20Abi, input);
}

const done = (result: unknown, ...events: readonly object[]): Answer => ({ result, events });

describe("the ERC-20 in Rust", () => {
  test("says what its constructor was given", () => {
    const token = erc20(new Ledger([ALICE, BOB]));
    assert.deepEqual(token.call(BOB, "name", []), done("Gold of the mountain kings"));
    assert.deepEqual(token.call(BOB, "symbol", []), done("GOLD"));
    assert.deepEqual(token.call(BOB, "decimals", []), done(18));
    assert.deepEqual(token.call(BOB, "totalSupply", []), done(0n));
  });

  test("mints for its owner alone, and for somebody", () => {
    const token = erc20(new Ledger([ALICE, BOB]));
    const minted = { Transfer: [nobody, bob, 10n] };
    assert.deepEqual(token.call(ALICE, "mint", [bob, 10n]), done(undefined, minted));
    assert.deepEqual(token.call(BOB, "mint", [bob, 10n]), {
      error: "OwnableUnauthorizedAccount",
      args: [bob],
    });
    assert.deepEqual(token.call(ALICE, "mint", [nobody, 1n]), {
      error: "ERC20InvalidReceiver",
      args: [nobody],
    });
    assert.deepEqual(token.call(BOB, "balanceOf", [bob]), done(10n));
    assert.deepEqual(token.call(BOB, "totalSupply", []), done(10n));
  });

  test("moves what its holder has, and says how much is missing", () => {
    const token = erc20(new Ledger([ALICE, BOB]));
    token.call(ALICE, "mint", [alice, 100n]);
    const moved = { Transfer: [alice, bob, 60n] };
    assert.deepEqual(token.call(ALICE, "transfer", [bob, 60n]), done(true, moved));
    assert.deepEqual(token.call(ALICE, "transfer", [bob, 41n]), {
      error: "ERC20InsufficientBalance",
      args: [alice, 40n, 41n],
    });
    assert.deepEqual(token.call(ALICE, "transfer", [bob, 1n], 1n), { error: "empty", args: [] });
  });

  test("lets a spender move what was approved, and no more", () => {
    const token = erc20(new Ledger([ALICE, BOB]));
    token.call(ALICE, "mint", [alice, 100n]);
    const approved = { Approval: [alice, bob, 30n] };
    assert.deepEqual(token.call(ALICE, "approve", [bob, 30n]), done(true, approved));
    const moved = { Transfer: [alice, carol, 20n] };
    assert.deepEqual(token.call(BOB, "transferFrom", [alice, carol, 20n]), done(true, moved));
    assert.deepEqual(token.call(BOB, "allowance", [alice, bob]), done(10n));
    assert.deepEqual(token.call(BOB, "transferFrom", [alice, carol, 11n]), {
      error: "ERC20InsufficientAllowance",
      args: [bob, 10n, 11n],
    });
    token.call(ALICE, "approve", [bob, 2n ** 256n - 1n]);
    token.call(BOB, "transferFrom", [alice, carol, 1n]);
    assert.deepEqual(token.call(BOB, "allowance", [alice, bob]), done(2n ** 256n - 1n));
    assert.deepEqual(token.call(ALICE, "approve", [nobody, 1n]), {
      error: "ERC20InvalidSpender",
      args: [nobody],
    });
  });
});

const RECEIVERS = `// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;
contract Keeper {
  event Kept(address operator, address from, uint256 tokenId, bytes data);
  function onERC721Received(address operator, address from, uint256 tokenId, bytes calldata data)
    external returns (bytes4) { emit Kept(operator, from, tokenId, data); return msg.sig; }
}
contract Stranger { function onERC721Received(address, address, uint256, bytes calldata) external returns (bytes4) {} }
`;

function receiver(ledger: Ledger, name: string): { readonly address: Address; readonly abi: Abi } {
  const { abi, bytecode } = compileSolidity({ "R.sol": RECEIVERS }, "R.sol", name);
  return { abi, address: ledger.deploy(bytecode as Hex, name) };
}

function erc721(ledger: Ledger): Client {
  const types = [{ type: "string" }, { type: "string" }] as const;
  const input = encodeAbiParameters(types, ["Portraits", "FACE"]);
  return deploy(ledger, "erc721-rust", erc721Abi, input);
}

describe("the ERC-721 in Rust", () => {
  test("says what it is", () => {
    const token = erc721(new Ledger([ALICE, BOB]));
    assert.deepEqual(token.call(BOB, "name", []), done("Portraits"));
    assert.deepEqual(token.call(BOB, "symbol", []), done("FACE"));
    for (const [id, isSupported] of [
      ["0x80ac58cd", true],
      ["0x01ffc9a7", true],
      ["0xffffffff", false],
    ]) {
      assert.deepEqual(token.call(BOB, "supportsInterface", [id]), done(isSupported));
    }
  });

  test("mints tokens in order, and knows whose they are", () => {
    const token = erc721(new Ledger([ALICE, BOB]));
    const first = { Transfer: [nobody, alice, 0n] };
    assert.deepEqual(token.call(ALICE, "mint", [alice]), done(0n, first));
    assert.deepEqual(token.call(ALICE, "mint", [bob]), done(1n, { Transfer: [nobody, bob, 1n] }));
    assert.deepEqual(token.call(ALICE, "ownerOf", [1n]), done(bob));
    assert.deepEqual(token.call(ALICE, "balanceOf", [alice]), done(1n));
    assert.deepEqual(token.call(ALICE, "totalSupply", []), done(2n));
    assert.deepEqual(token.call(ALICE, "ownerOf", [2n]), {
      error: "ERC721NonexistentToken",
      args: [2n],
    });
    assert.deepEqual(token.call(ALICE, "balanceOf", [nobody]), {
      error: "ERC721InvalidOwner",
      args: [nobody],
    });
  });

  test("moves a token for its owner, whom he approved, and his operator, once", () => {
    const token = erc721(new Ledger([ALICE, BOB]));
    token.call(ALICE, "mint", [alice]);
    assert.deepEqual(token.call(BOB, "transferFrom", [alice, bob, 0n]), {
      error: "ERC721InsufficientApproval",
      args: [bob, 0n],
    });
    const approved = { Approval: [alice, bob, 0n] };
    assert.deepEqual(token.call(ALICE, "approve", [bob, 0n]), done(undefined, approved));
    assert.deepEqual(token.call(CAROL, "getApproved", [0n]), done(bob));
    const moved = { Transfer: [alice, carol, 0n] };
    assert.deepEqual(token.call(BOB, "transferFrom", [alice, carol, 0n]), done(undefined, moved));
    assert.deepEqual(token.call(BOB, "getApproved", [0n]), done(nobody));
    const operator = { ApprovalForAll: [alice, bob, true] };
    const set = token.call(ALICE, "setApprovalForAll", [bob, true]);
    assert.deepEqual(set, done(undefined, operator));
    assert.deepEqual(token.call(ALICE, "approve", [bob, 0n]), {
      error: "ERC721InvalidApprover",
      args: [alice],
    });
    assert.deepEqual(token.call(CAROL, "transferFrom", [alice, bob, 0n]), {
      error: "ERC721IncorrectOwner",
      args: [alice, 0n, carol],
    });
  });
});

describe("a safe transfer of the ERC-721 in Rust", () => {
  test("asks a contract in Solidity whether it takes a token, and takes it back where it does not", () => {
    const ledger = new Ledger([ALICE, BOB]);
    const token = erc721(ledger);
    const keeper = receiver(ledger, "Keeper");
    const stranger = receiver(ledger, "Stranger");
    token.call(ALICE, "mint", [alice]);
    assert.deepEqual(token.call(ALICE, "safeTransferFrom", [alice, stranger.address, 0n]), {
      error: "ERC721InvalidReceiver",
      args: [getAddress(stranger.address)],
    });
    assert.deepEqual(token.call(ALICE, "ownerOf", [0n]), done(alice));
    const data = encodeFunctionData({
      abi: erc721Abi,
      functionName: "safeTransferFrom",
      args: [ALICE, keeper.address, 0n, "0xabcdef"],
    });
    const outcome = ledger.send(ALICE, token.address, data);
    assert.equal(outcome.status, "success");
    const kept = outcome.status === "success" ? outcome.logs.at(-1) : undefined;
    assert.ok(kept !== undefined);
    const topics = kept.topics as unknown as [Hex, ...Hex[]];
    const { args } = decodeEventLog({ abi: keeper.abi, topics, data: toHex(kept.data) });
    const expected = { operator: alice, from: alice, tokenId: 0n, data: "0xabcdef" };
    assert.deepEqual(args, expected);
    assert.deepEqual(token.call(BOB, "ownerOf", [0n]), done(getAddress(keeper.address)));
    assert.deepEqual(token.call(ALICE, "safeTransferFrom", [alice, bob, 0n]), {
      error: "ERC721InsufficientApproval",
      args: [alice, 0n],
    });
  });
});
