import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import {
  type Address,
  fromHex,
  type Hash,
  type OutgoingMessage,
  toAddress,
} from "@delchain/runtime";
import { encodeFunctionData, parseAbi } from "viem";
import { DEVNET_ACCOUNTS } from "../../chain/spec/devnet.ts";
import {
  type Contestable,
  challengeInput,
  type OpenChallenge,
  readChallenge,
  readChallengeBond,
} from "../../chain/system/challengeRegistry.ts";
import { readContract } from "../../chain/system/contractRegistry.ts";
import { hostId } from "../../chain/system/hostRegistry.ts";
import { HostNetwork, specOfHosts } from "./support/hostNetwork.ts";
import { FIRST_OWNER } from "./support/hostNode.ts";
import { buildContainer, type MoodyContract } from "./support/moodyContract.ts";

// Five hosts with real containers, of whom the two that are drawn first may certify by themselves. They lie together
// about where a contract's coins go; an honest one contests it, and four of five run the call again.

const SPEC = specOfHosts(5, {
  committeeSizes: { fast: 2, strong: 4, all: 5 },
  levelBlocks: 2n,
  challengeBlocks: 24n,
  verdictBlocks: 20n,
});
const ABI = parseAbi([
  "function post(address to, uint256 value, bytes data) payable returns (bytes32)",
]);
const FRIEND = toAddress(`0x${"f1".repeat(20)}`);
const THIEF = toAddress(`0x${"7e".repeat(20)}`);
const VALUE = 10n ** 18n;

let network: HostNetwork;
let sender: MoodyContract;
let container: Address;

before(async () => {
  const source = new URL("../conformance/contracts/c/sender.c", import.meta.url);
  sender = await buildContainer(source, "challenged sender");
  network = await HostNetwork.start(SPEC, sender);
  container = await network.deploy(sender);
});

after(() => network[Symbol.asyncDispose]());

/** Has the container send its friend a coin, with the certificate of the two that are drawn; which block settled it. */
async function post(beforeBlock?: () => void): Promise<bigint> {
  const args = [FRIEND, VALUE, "0x"] as const;
  const data = fromHex(encodeFunctionData({ abi: ABI, functionName: "post", args }));
  const fields = { to: container, data, gasLimit: 1_500_000n, value: VALUE + 10n ** 17n };
  const { outcome, said } = await network.settle(
    network.sign(fields),
    "when certified",
    beforeBlock,
  );
  assert.deepEqual([outcome, said.at(-1)], ["success", "agreed fast"]);
  return network.head;
}

/** All of them: who of them is drawn is not known before. */
function steal(): void {
  const redirect = (message: OutgoingMessage): OutgoingMessage => ({ ...message, to: THIEF });
  for (const place of SPEC.hosts.keys()) {
    network.faultsOf(place).lie = (outcome) => ({
      ...outcome,
      calls: outcome.calls.map((call) => ({ ...call, messages: call.messages.map(redirect) })),
    });
  }
}

/** What the call that a block settled may be contested by. */
function contestableIn(number: bigint): Contestable {
  const [call] = network.leader.chain.blockByNumber(number)?.receipts ?? [];
  const index = call?.containerCall?.queueIndex ?? 0n;
  const contestable = network.leader.chain.contestable({ number, index });
  assert(contestable !== undefined);
  return contestable;
}

/** A host that has not signed contests it; its place. */
async function contest(contestable: Contestable): Promise<number> {
  const { signers } = contestable.judged;
  const place = SPEC.hosts.findIndex(({ publicKey }) => !signers.includes(hostId(publicKey)));
  const host = hostId(SPEC.hosts[place]?.publicKey as Hash);
  const challenge = network.sign(
    {
      to: SPEC.challengesAddress,
      data: challengeInput(contestable, host),
      value: bond(),
      gasLimit: 2_000_000n,
    },
    FIRST_OWNER + place,
  );
  const { receipts } = await network.makeBlock({ transactions: [challenge] });
  assert.deepEqual(
    receipts.map(({ status }) => status),
    ["success"],
  );
  assert(isOpen());
  return place;
}

/** What a challenge takes now: one that was in vain may have doubled it. */
function bond(): bigint {
  const view = network.leader.store.viewAt();
  return readChallengeBond(view, container, network.head + 1n, SPEC);
}

function openChallenge(): OpenChallenge | undefined {
  return readChallenge(network.leader.store.viewAt(), SPEC.challengesAddress, container);
}

function isOpen(): boolean {
  return openChallenge() !== undefined;
}

function status(): string {
  const view = network.leader.store.viewAt();
  return readContract(view, SPEC.contractsAddress, container).status;
}

test("what two honest hosts certified arrives when the window is over, also after a challenge that is wrong", async () => {
  const number = await post();
  for (const host of network.hosts) await host.audited();
  await network.makeBlock({});
  assert(!isOpen(), "those who looked found nothing");
  const place = await contest(contestableIn(number));
  const owner = DEVNET_ACCOUNTS[FIRST_OWNER + place] as Address;
  const before = network.balance(owner);
  const said = await network.until(() => !isOpen());
  assert.deepEqual(said, ["committed strong", "agreed strong"]);
  assert.equal(status(), "undeclared");
  // As one of the judges it may have a part of its own bond back.
  assert(network.balance(owner) - before < SPEC.challengeBond / 2n);
  assert.equal(network.balance(FRIEND), 0n);
  while (network.head < number + SPEC.challengeBlocks) await network.makeBlock({});
  assert.equal(network.balance(FRIEND), VALUE);
});

test("a coin that two liars send elsewhere never leaves: one host contests it, the others run it again, and the liars pay", async () => {
  steal();
  // Who only checks is honest: the liars have signed before.
  const number = await post(() => {
    for (const place of SPEC.hosts.keys()) delete network.faultsOf(place).lie;
  });
  for (const host of network.hosts) await host.audited();
  // All three that looked send their challenge, and the first one counts.
  await network.until(isOpen);
  const { challenger: owner } = openChallenge() ?? {};
  assert(owner !== undefined);
  const before = network.balance(owner);
  const said = await network.until(() => !isOpen());
  assert.deepEqual(said, ["committed strong", "agreed strong"]);
  assert.equal(status(), "suspended");
  // The bond, and a twentieth of 650 and of 1,000 coins.
  assert(network.balance(owner) - before >= SPEC.challengeBond + (1_650n * VALUE) / 20n);
  while (network.head <= number + SPEC.challengeBlocks) await network.makeBlock({});
  assert.equal(network.balance(THIEF), 0n);
  assert.equal(network.balance(FRIEND), VALUE);
  assert(network.balance(container) > VALUE);
});
