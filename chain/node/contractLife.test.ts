import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type Address,
  CODE_KINDS,
  encodeEnvelope,
  encodeManifest,
  fromHex,
  type Manifest,
  toAddress,
} from "@delchain/runtime";
import { type Abi, encodeFunctionData, getContractAddress } from "viem";
import type { Block } from "../block/block.ts";
import { decodeStoredBlock, encodeStoredBlock } from "../block/blockCodec.ts";
import { DEVNET, DEVNET_ACCOUNTS } from "../spec/devnet.ts";
import { readContract } from "../system/contractRegistry.ts";
import contracts from "../system/contracts.json" with { type: "json" };
import type { SignedTransaction } from "../tx/transaction.ts";
import type { Produced } from "./chainAnswers.ts";
import { TestLeader, TestService } from "./testLeader.ts";

const [ADMIN, APPROVER, USER] = [4, 5, 1];
const MIGRATE = fromHex("0xf4049769");

function manifest(name: string): Manifest {
  return {
    name,
    image: `sha256:${"ab".repeat(32)}`,
    platform: "linux/amd64",
    entrypoint: ["/contract"],
    resources: "medium",
    payable: false,
    isolation: "fork",
    determinism: "standard",
    attestation: "identical",
    upgrade: {
      admin: DEVNET_ACCOUNTS[ADMIN] as Address,
      approvers: [DEVNET_ACCOUNTS[APPROVER] as Address],
      timelock: 0,
      keep: 1,
      migrateBack: false,
    },
  };
}

/** A container with an admin and an approver, its next version, and every block that was made of them. */
class Scene {
  readonly leader: TestLeader;
  readonly blocks: Block[] = [];
  readonly #addresses: Address[] = [];

  constructor(service: TestService) {
    this.leader = new TestLeader(service);
  }

  get contract(): Address {
    return this.#addresses[0] as Address;
  }

  async block(content: Parameters<TestLeader["next"]>[0] = {}): Promise<Produced> {
    const produced = await this.leader.next(content);
    assert.deepEqual(produced.refused, []);
    this.blocks.push(produced.block.block);
    return produced;
  }

  async deploy(): Promise<void> {
    const transactions = ["first", "second"].map((name, nonce) => {
      const data = encodeEnvelope(CODE_KINDS.container, encodeManifest(manifest(name)));
      const from = DEVNET_ACCOUNTS[0] as Address;
      const created = getContractAddress({ from, nonce: BigInt(nonce) }).toLowerCase();
      this.#addresses.push(toAddress(created));
      return this.leader.sign(0, { to: undefined, data, gasLimit: 2_000_000n });
    });
    const { block } = await this.block({ transactions });
    assert.deepEqual(
      block.receipts.map(({ status }) => status),
      ["success", "success"],
    );
    await this.act(APPROVER, "approve", [this.#version(0), await this.#manifest(0)]);
  }

  async act(account: number, functionName: string, args: readonly unknown[] = []): Promise<void> {
    const abi = contracts.Contracts.abi as Abi;
    const data = fromHex(encodeFunctionData({ abi, functionName, args: [this.contract, ...args] }));
    const to = DEVNET.contractsAddress;
    const signed = this.leader.sign(account, { to, data, gasLimit: 1_000_000n, value: 0n });
    const { block } = await this.block({ transactions: [signed] });
    assert.equal(block.receipts.at(-1)?.status, "success", functionName);
  }

  async propose(): Promise<void> {
    await this.act(ADMIN, "propose", [this.#version(1)]);
    await this.act(APPROVER, "approve", [this.#version(1), await this.#manifest(1)]);
  }

  order(account: number, data: Uint8Array = Uint8Array.of(4)): SignedTransaction {
    return this.leader.sign(account, { to: this.contract, data, gasLimit: 1_000_000n, value: 0n });
  }

  get status(): string {
    return readContract(this.#view, DEVNET.contractsAddress, this.contract).status;
  }

  get manifestName(): string {
    const { contract, orderedIn } = { contract: this.contract, orderedIn: 0n };
    const facts = this.leader.service.chain.factsOf({ contract, orderedIn });
    return (JSON.parse(new TextDecoder().decode(facts.contract.manifest)) as Manifest).name;
  }

  get #view() {
    return this.leader.service.store.viewAt();
  }

  #version(index: number): Address {
    return this.#addresses[index] as Address;
  }

  async #manifest(index: number): Promise<string> {
    const { contract } = this.leader.service.chain.factsOf({
      contract: this.#version(index),
      orderedIn: 0n,
    });
    return contract.manifestHash;
  }
}

/** As it would come from another node. */
function received(block: Block): Block {
  return decodeStoredBlock(encodeStoredBlock(block), DEVNET);
}

/** Restarts and rewinds a chain, has another follow it, and finds the same state everywhere. */
async function holdsEverywhere(scene: Scene, service: TestService): Promise<void> {
  const opened = service.chain.opened();
  await using follower = await TestService.open();
  for (const block of scene.blocks) await follower.chain.follow(received(block));
  assert.deepEqual(follower.chain.opened(), opened);
  await service.reopen();
  assert.deepEqual(service.chain.opened(), opened);
  for (const back of [3n, BigInt(scene.blocks.length)]) {
    const { number } = opened.head.block.header;
    await service.chain.rewind(number - back);
    for (const block of scene.blocks.slice(-Number(back))) {
      await service.chain.follow(received(block));
    }
    assert.deepEqual(service.chain.opened(), opened);
  }
}

test("deployed, approved, upgraded in the middle of a block's calls, rolled back: the same on every node", async () => {
  await using service = await TestService.open();
  const scene = new Scene(service);
  await scene.deploy();
  assert.equal(scene.status, "active");
  await scene.propose();
  const orders = [scene.order(USER), scene.order(ADMIN, MIGRATE), scene.order(2)];
  await scene.block({ orders });
  const names: string[] = [];
  for (let i = 0; i < orders.length; i++) {
    await scene.leader.certified();
    const { block } = await scene.block();
    assert.equal(block.block.certificates.length, 1);
    names.push(scene.manifestName);
  }
  assert.deepEqual(names, ["first", "second", "second"]);
  await scene.act(ADMIN, "rollback");
  assert.equal(scene.manifestName, "first");
  scene.leader.close();
  await holdsEverywhere(scene, service);
});

test("three divergences suspend: waiting calls are given up, the audit resumes: the same on every node", async () => {
  await using service = await TestService.open();
  const scene = new Scene(service);
  await scene.deploy();
  const diverging = Uint8Array.of(13);
  for (const account of [1, 2, 3]) {
    await scene.block({ orders: [scene.order(account, diverging)] });
    if (account < 3) {
      await scene.leader.certified();
      await scene.block();
    }
  }
  // The third is not settled yet; these wait behind it.
  const { calls } = await scene.block({ orders: [scene.order(6), scene.order(7)] });
  assert.equal(calls.length, 2);
  while (scene.status !== "suspended") {
    await scene.leader.certified();
    await scene.block();
  }
  await scene.leader.certified();
  const { block } = await scene.block();
  assert.deepEqual(
    block.receipts.map(({ containerCall }) => containerCall?.outcome),
    ["timedOut", "timedOut"],
  );
  const asked = [6, ADMIN].map((account) => ({
    sender: DEVNET_ACCOUNTS[account] as Address,
    to: scene.contract,
  }));
  const [other, admin] = service.chain.admissionFacts(asked);
  assert.match(
    other?.notOrderable?.message ?? "",
    /suspended; it resumes after a call of its admin/,
  );
  assert.equal(admin?.notOrderable, undefined);
  await scene.block({ orders: [scene.order(ADMIN)] });
  await scene.leader.certified();
  await scene.block();
  assert.equal(scene.status, "active");
  scene.leader.close();
  await holdsEverywhere(scene, service);
});

test("behind a call that diverged the rest of its block is judged in halves that double, by what the chain says", async () => {
  await using service = await TestService.open();
  const scene = new Scene(service);
  await scene.deploy();
  const inputs = [4, 13, 4, 4, 4];
  await scene.block({
    orders: inputs.map((input, i) => scene.order(i + 1, Uint8Array.of(input))),
  });
  const sizes: number[] = [];
  for (let left = inputs.length; left > 0; left -= sizes.at(-1) ?? left) {
    await scene.leader.certified();
    const { block } = await scene.block();
    sizes.push(block.receipts.length);
  }
  assert.deepEqual(sizes, [1, 1, 2, 1]);
  scene.leader.close();
});
