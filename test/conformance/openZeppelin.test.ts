import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { compileSolidity, type SolidityContract } from "@delchain/solidity";
import {
  type Abi,
  type Address,
  BaseError,
  ContractFunctionRevertedError,
  encodeDeployData,
  getAddress,
  type Hex,
  keccak256,
  parseEventLogs,
  type TransactionReceipt,
  toBytes,
  zeroAddress,
  zeroHash,
} from "viem";
import { devnetAccount, sharedDevnet } from "../e2e/support/devnet.ts";

// OpenZeppelin's contracts, unmodified from npm, on a real node through viem.

const FILE = "test/conformance/openZeppelin/Tokens.sol";
const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const [ALICE, BOB, CAROL] = [0, 1, 2].map((index) => devnetAccount(index).address) as [
  Address,
  Address,
  Address,
];
const KEEPER = keccak256(toBytes("KEEPER"));

let contracts: ReadonlyMap<string, SolidityContract>;

before(async () => {
  const files = { [FILE]: readFileSync(`${ROOT}${FILE}`, "utf8") };
  const compiled = await compileSolidity({ files, root: ROOT });
  contracts = new Map(compiled.contracts.map((contract) => [contract.name, contract]));
});

type Deployed = {
  readonly address: Address;
  readonly read: (name: string, ...args: readonly unknown[]) => Promise<unknown>;
  /** Sends as the devnet's account `from`; throws when it reverts. */
  readonly send: (
    from: number,
    name: string,
    ...args: readonly unknown[]
  ) => Promise<TransactionReceipt>;
  /** The custom error, with its arguments, that a call would revert with. */
  readonly refusal: (
    from: Address,
    name: string,
    ...args: readonly unknown[]
  ) => Promise<readonly unknown[]>;
  readonly events: (receipt: TransactionReceipt) => readonly (readonly [string, unknown])[];
};

async function deploy(name: string, ...args: readonly unknown[]): Promise<Deployed> {
  const { reader, wallet, receipt } = await sharedDevnet();
  const contract = contracts.get(name);
  assert.ok(contract, `${name} does not compile`);
  const abi: Abi = contract.abi;
  const data = encodeDeployData({ abi, bytecode: contract.initCode, args });
  const hash = await wallet(0).sendTransaction({ data });
  const { contractAddress, status } = await receipt(hash);
  assert.equal(status, "success");
  const address = getAddress(contractAddress as Hex);
  const target = { address, abi };
  return {
    address,
    read: (functionName, ...given) => reader.readContract({ ...target, functionName, args: given }),
    send: async (from, functionName, ...given) => {
      const sent = await wallet(from).writeContract({ ...target, functionName, args: given });
      const settled = await receipt(sent);
      assert.equal(settled.status, "success", functionName);
      return settled;
    },
    refusal: async (account, functionName, ...given) => {
      const call = { ...target, functionName, args: given, account };
      const error = await reader.simulateContract(call).then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      assert.ok(error instanceof BaseError, `${functionName} did not revert`);
      const revert = error.walk((cause) => cause instanceof ContractFunctionRevertedError);
      assert.ok(revert instanceof ContractFunctionRevertedError, String(error));
      return [revert.data?.errorName, ...(revert.data?.args ?? [])];
    },
    events: ({ logs }) =>
      parseEventLogs({ abi, logs }).map(({ eventName, args: values }) => [
        eventName as string,
        values,
      ]),
  };
}

describe("ERC-20", () => {
  test("moves and approves what there is, and refuses more with the numbers", async () => {
    const gold = await deploy("Gold", ALICE, 1_000n);
    const receipt = await gold.send(0, "transfer", BOB, 400n);
    assert.deepEqual(gold.events(receipt), [["Transfer", { from: ALICE, to: BOB, value: 400n }]]);
    await gold.send(1, "approve", CAROL, 100n);
    await gold.send(2, "transferFrom", BOB, CAROL, 60n);
    assert.deepEqual(
      await Promise.all([
        gold.read("name"),
        gold.read("symbol"),
        gold.read("decimals"),
        gold.read("totalSupply"),
        ...[ALICE, BOB, CAROL].map((owner) => gold.read("balanceOf", owner)),
        gold.read("allowance", BOB, CAROL),
      ]),
      ["Gold", "GLD", 18, 1_000n, 600n, 340n, 60n, 40n],
    );
    assert.deepEqual(await gold.refusal(ALICE, "transfer", BOB, 601n), [
      "ERC20InsufficientBalance",
      ALICE,
      600n,
      601n,
    ]);
    assert.deepEqual(await gold.refusal(CAROL, "transferFrom", BOB, CAROL, 41n), [
      "ERC20InsufficientAllowance",
      CAROL,
      40n,
      41n,
    ]);
    assert.deepEqual(await gold.refusal(ALICE, "transfer", zeroAddress, 1n), [
      "ERC20InvalidReceiver",
      zeroAddress,
    ]);
  });
});

describe("ERC-721", () => {
  test("has one owner a token, who approves and moves it", async () => {
    const deeds = await deploy("Deeds");
    await deeds.send(0, "mint", ALICE, 7n);
    await deeds.send(0, "approve", BOB, 7n);
    const receipt = await deeds.send(1, "transferFrom", ALICE, CAROL, 7n);
    assert.deepEqual(deeds.events(receipt), [
      ["Transfer", { from: ALICE, to: CAROL, tokenId: 7n }],
    ]);
    assert.equal(await deeds.read("ownerOf", 7n), CAROL);
    assert.equal(await deeds.read("getApproved", 7n), zeroAddress);
    assert.equal(await deeds.read("supportsInterface", "0x80ac58cd"), true);
    assert.deepEqual(await deeds.refusal(BOB, "transferFrom", CAROL, BOB, 7n), [
      "ERC721InsufficientApproval",
      BOB,
      7n,
    ]);
    assert.deepEqual(await deeds.refusal(ALICE, "ownerOf", 8n), ["ERC721NonexistentToken", 8n]);
  });

  test("is given safely to contracts that say they take it, and to no other", async () => {
    const deeds = await deploy("Deeds");
    const keeper = await deploy("Keeper");
    await deeds.send(0, "mint", keeper.address, 1n);
    assert.equal(await deeds.read("ownerOf", 1n), keeper.address);
    assert.deepEqual(await deeds.refusal(ALICE, "mint", deeds.address, 2n), [
      "ERC721InvalidReceiver",
      deeds.address,
    ]);
  });
});

describe("ERC-1155", () => {
  test("moves several kinds at once, by owner or operator", async () => {
    const items = await deploy("Items", ALICE, [1n, 2n, 3n], [10n, 20n, 30n]);
    await items.send(0, "setApprovalForAll", BOB, true);
    const receipt = await items.send(
      1,
      "safeBatchTransferFrom",
      ALICE,
      CAROL,
      [1n, 3n],
      [4n, 30n],
      "0x",
    );
    assert.deepEqual(items.events(receipt), [
      [
        "TransferBatch",
        { operator: BOB, from: ALICE, to: CAROL, ids: [1n, 3n], values: [4n, 30n] },
      ],
    ]);
    assert.deepEqual(
      await items.read("balanceOfBatch", [ALICE, ALICE, CAROL, CAROL], [1n, 3n, 1n, 3n]),
      [6n, 0n, 4n, 30n],
    );
    assert.equal(await items.read("uri", 1n), "https://items.example/{id}");
    assert.deepEqual(await items.refusal(CAROL, "safeTransferFrom", CAROL, BOB, 1n, 5n, "0x"), [
      "ERC1155InsufficientBalance",
      CAROL,
      4n,
      5n,
      1n,
    ]);
  });
});

describe("AccessControl", () => {
  test("lets in who has the role, and only the admin gives and takes it", async () => {
    const vault = await deploy("Vault", ALICE);
    assert.deepEqual(await vault.refusal(BOB, "open"), [
      "AccessControlUnauthorizedAccount",
      BOB,
      KEEPER,
    ]);
    assert.deepEqual(await vault.refusal(BOB, "grantRole", KEEPER, BOB), [
      "AccessControlUnauthorizedAccount",
      BOB,
      zeroHash,
    ]);
    const granted = await vault.send(0, "grantRole", KEEPER, BOB);
    assert.deepEqual(vault.events(granted), [
      ["RoleGranted", { role: KEEPER, account: BOB, sender: ALICE }],
    ]);
    await vault.send(1, "open");
    await vault.send(1, "renounceRole", KEEPER, BOB);
    assert.equal(await vault.read("hasRole", KEEPER, BOB), false);
    assert.equal(await vault.read("opened"), 1n);
    assert.deepEqual(await vault.refusal(BOB, "renounceRole", KEEPER, ALICE), [
      "AccessControlBadConfirmation",
    ]);
  });
});
