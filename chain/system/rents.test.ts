import assert from "node:assert/strict";
import { test } from "node:test";
import { type Address, type Hash, toAddress } from "@delchain/runtime";
import { getAddress } from "viem";
import { DEVNET } from "../spec/devnet.ts";
import { CONTAINER } from "../transition/testChain.ts";
import { hostId } from "./hostRegistry.ts";
import { ADMIN, ANN, BEN, Life, NEXT, RENT } from "./testLife.ts";

type Keeper = { readonly id: Hash; readonly payout: Address };

test("rent is taken a block, warned of, and ends in frozen, archived, restored; nothing is deleted", () => {
  const life = new Life({}, [], {}, RENT);
  life.chain.view.set(ANN, { balance: 1_000_000n });
  assert.equal(life.status, "active, frozen");
  const topUp = (amount: bigint) => life.act("topUp", [], ANN, amount);
  // Less than a block's.
  topUp(9n);
  assert.equal(life.status, "active, frozen");
  const names = (events: unknown[]) => events.map((event) => (event as string[])[0]);
  assert.deepEqual(names(topUp(200n)), ["ToppedUp", "Restored"]);
  const until = life.chain.number + 20n;
  assert.equal(life.status, "active");
  life.chain.number = until - 6n;
  assert.deepEqual(life.sweep(), [["RentDue", getAddress(CONTAINER), until]]);
  life.chain.number = until - 1n;
  assert.deepEqual(life.sweep(), [["Frozen", getAddress(CONTAINER)]]);
  assert.equal(life.status, "active, frozen");
  life.chain.number = until + 6n;
  assert.deepEqual(life.sweep(), [["Archived", getAddress(CONTAINER)]]);
  assert.equal(life.status, "active, archived");
  topUp(50n);
  assert.equal(life.status, "active");
  const { escrow } = life.read("Contracts", "contractOf", [CONTAINER]) as { escrow: bigint };
  // 259 came in, 200 were due; archived it owes nothing.
  assert.equal(escrow, 59n);
  assert.equal(life.read("Contracts", "rentPaid", [0n]), 200n);
});

test("what is topped up before its time is swept at its new one alone", () => {
  const life = new Life({}, [], {}, RENT);
  life.chain.view.set(ANN, { balance: 1_000_000n });
  life.act("topUp", [], ANN, 60n);
  const first = life.chain.number + 6n;
  life.act("topUp", [], ANN, 1_000n);
  const until = first + 100n;
  for (const height of [first - 5n, first]) {
    life.chain.number = height - 1n;
    assert.deepEqual(life.sweep(), []);
  }
  assert.equal(life.status, "active");
  life.chain.number = until - 6n;
  assert.deepEqual(life.sweep(), [["RentDue", getAddress(CONTAINER), until]]);
});

test("one block looks at no more escrows than its limit, and the next goes on", () => {
  const { sweepMax } = DEVNET.contractRules;
  const life = new Life({}, [], {}, { ...RENT, warningBlocks: 500n, archiveBlocks: 9_999n });
  life.chain.view.set(ANN, { balance: 10n ** 9n });
  const others = Array.from({ length: sweepMax + 5 }, (_, i) =>
    toAddress(`0x${(i + 0x1000).toString(16).repeat(10)}`),
  );
  for (const other of others) life.declare(other);
  // All last until one block, though each is paid for in a block of its own.
  const until = life.chain.number + 1_000n;
  for (const other of others) {
    const value = (until - life.chain.number - 1n) * 10n;
    life.send("Contracts", "topUp", [other], { from: ANN, value });
  }
  life.chain.number = until - 501n;
  const sweep = () => life.send("Contracts", "sweep", [BigInt(sweepMax)]).length;
  // Heights without contracts are looked at too: some blocks for those before the first.
  let [found, blocks] = [0, 0];
  while (found === 0 && blocks < 40) {
    found = sweep();
    blocks++;
  }
  assert.ok(found > 0 && found < sweepMax, `${found}`);
  assert.equal(sweep(), others.length - found);
});

test("a retired contract has the rest of its escrow given back, and lives no more", () => {
  const life = new Life({}, [], {}, RENT);
  life.chain.view.set(ANN, { balance: 1_000_000n });
  life.act("topUp", [], ANN, 100n);
  assert.throws(() => life.act("retire", [], ANN), /NotAdmin/);
  assert.deepEqual(life.act("retire"), [["Retired", getAddress(CONTAINER), 90n]]);
  assert.equal(life.chain.balance(ADMIN), 90n);
  assert.equal(life.status, "retired");
  for (const [name, args] of [
    ["retire", []],
    ["propose", [NEXT]],
    ["suspend", []],
  ] as const) {
    assert.throws(() => life.act(name, args), /WrongStatus/, name);
  }
  assert.throws(() => life.act("topUp", [], ANN, 1n), /WrongStatus/);
  // What the sweep finds of it is nothing.
  life.pass(100n);
  assert.deepEqual(life.sweep(), []);
});

/** Rent to hosts, of a contract that asks for some of the devnet's two. */
function openKeeping(replicas: number, priceCap = 0n) {
  const life = new Life({ replicas, priceCap }, [], {}, RENT);
  life.chain.view.set(ANN, { balance: 1_000_000n });
  const keepers = DEVNET.hosts.map(({ publicKey, payout }) => ({
    id: hostId(publicKey),
    payout: payout as Address,
  })) as [Keeper, Keeper];
  return {
    life,
    keepers,
    earned: () => keepers.map(({ payout }) => life.read("Contracts", "earned", [payout]) as bigint),
    ready: ({ id, payout }: Keeper) => life.act("ready", [CONTAINER, id], payout),
    offer: ({ id, payout }: Keeper, retainer: bigint) =>
      life.send("Hosts", "offer", [id, 0, retainer], { from: payout }),
    keep: ({ id }: Keeper, from: Address) => life.act("keep", [id], from),
    /** Takes the rent of that many blocks. */
    settleAfter: (blocks: bigint) => {
      life.pass(blocks - 1n);
      life.act("topUp", [], ANN);
    },
  };
}

test("hosts that keep a contract share its rent, and what they earned is paid to them once", () => {
  const { life, keepers, earned, ready, settleAfter } = openKeeping(2);
  life.act("topUp", [], ANN, 10_000n);
  life.pass(9n);
  // Whoever is ready first has no part of what was due before.
  for (const keeper of keepers) ready(keeper);
  assert.deepEqual(earned(), [10n, 0n]);
  settleAfter(10n);
  assert.deepEqual(earned(), [60n, 50n]);
  const [{ payout }] = keepers;
  const before = life.chain.balance(payout);
  // Anybody may ask for it.
  life.send("Contracts", "collect", [payout], { from: ANN });
  assert.equal(life.chain.balance(payout), before + 60n);
  assert.deepEqual(earned(), [0n, 50n]);
  assert.throws(() => life.send("Contracts", "collect", [payout]), /NothingEarned/);
});

test("a host that leaves is paid for its notice, then replaced by one that is paid from then on", () => {
  const { life, keepers, earned, ready, keep, settleAfter } = openKeeping(1);
  const [one, two] = keepers;
  assert.throws(() => keep(one, one.payout), /WrongStatus/);
  ready(one);
  life.act("topUp", [], ANN, 10_000n);
  assert.throws(() => keep(one, one.payout), /AlreadyKeeps/);
  assert.throws(() => keep(two, one.payout), /NotHost/);
  assert.throws(() => keep(two, two.payout), /KeepersFull\(.*limit: 1\)/);
  life.send("Hosts", "giveNotice", [one.id], { from: one.payout });
  settleAfter(DEVNET.hostRules.noticeBlocks - 1n);
  const [first] = earned() as [bigint];
  assert.ok(first > 0n);
  life.pass(9n);
  // Nobody was there to keep it: nobody is paid for that time.
  keep(two, two.payout);
  assert.deepEqual(earned(), [first, 0n]);
  settleAfter(10n);
  assert.deepEqual(earned(), [first, 100n]);
  assert.throws(() => keep(one, one.payout), /NotHost/);
});

test("a host that asks for a retainer has it beside its part of the rent, at the price of when it began", () => {
  const { life, keepers, earned, ready, offer, settleAfter } = openKeeping(2, 40n);
  const [one, two] = keepers;
  offer(one, 40n);
  life.act("topUp", [], ANN, 10_000n);
  const rate = () => life.read("Contracts", "rateOf", [CONTAINER]);
  ready(one);
  ready(two);
  assert.equal(rate(), 50n);
  // What it asks for from now on is for who begins from now on.
  offer(one, 41n);
  settleAfter(1n);
  const [first, second] = earned() as [bigint, bigint];
  settleAfter(10n);
  assert.deepEqual(earned(), [first + 450n, second + 50n]);
  const kept = life.read("Contracts", "keepersOf", [CONTAINER]);
  assert.deepEqual(kept, [
    { host: one.id, retainer: 40n },
    { host: two.id, retainer: 0n },
  ]);
});

test("a host that asks for more than a contract's cap does not keep it", () => {
  const { keepers, ready, offer, life } = openKeeping(1, 40n);
  const [one] = keepers;
  offer(one, 41n);
  assert.throws(() => ready(one), /TooDear\(.*retainer: 41, cap: 40\)/);
  assert.equal(life.status, "pending, frozen");
  offer(one, 40n);
  ready(one);
  assert.deepEqual(life.read("Contracts", "keepersOf", [CONTAINER]), [
    { host: one.id, retainer: 40n },
  ]);
});

test("an escrow that runs out pays rent and retainers in their proportion, and no coin more", () => {
  const { life, keepers, earned, ready, offer } = openKeeping(1, 40n);
  const [one] = keepers;
  offer(one, 40n);
  ready(one);
  life.act("topUp", [], ANN, 174n);
  assert.equal(life.status, "active");
  // It lasts for three blocks, and the sweep looks at it later.
  life.pass(8n);
  life.sweep();
  assert.equal(life.status, "active, frozen");
  const { escrow } = life.read("Contracts", "contractOf", [CONTAINER]) as { escrow: bigint };
  const rentPaid = life.read("Contracts", "rentPaid", [0n]);
  // A fifth of 174, and four: each rounded down, and what that leaves is nobody's.
  assert.deepEqual([escrow, earned()[0], rentPaid], [0n, 34n + 139n, 1n]);
});

test("a contract that names a deposit runs when its escrow holds it, and its next version when that does", () => {
  const life = new Life({ deposit: 500n }, [], { deposit: 900n });
  life.chain.view.set(ANN, { balance: 10_000n });
  assert.equal(life.status, "pending");
  life.act("topUp", [], ANN, 499n);
  assert.equal(life.status, "pending");
  life.act("topUp", [], ANN, 1n);
  assert.equal(life.status, "active");
  life.act("propose", [NEXT]);
  const begin = () => life.tell("beginSwitch", ADMIN, 7n);
  assert.throws(begin, /TooLittle\(.*escrow: 500, deposit: 900\)/);
  life.act("topUp", [], ANN, 400n);
  begin();
});

test("a block's sweep of as many contracts as it may, each kept by as many hosts of its own as are paid, has gas enough", () => {
  const { sweepMax } = DEVNET.contractRules;
  const numbered = (prefix: string, index: number, bytes: number) =>
    `0x${prefix}${(index + 1).toString(16).padStart(2 * bytes - prefix.length, "0")}` as const;
  const hosts = Array.from({ length: sweepMax * 8 }, (_, i) => ({
    publicKey: numbered("aa", i, 48),
    payout: toAddress(numbered("ee", i, 20)),
  }));
  const life = new Life({}, [], {}, RENT, hosts);
  life.chain.view.set(ANN, { balance: 10n ** 12n });
  const targets = Array.from({ length: sweepMax }, (_, i) => toAddress(numbered("cc", i, 20)));
  const until = life.chain.number + 4_000n;
  targets.forEach((target, place) => {
    // Nobody approves, for what a contract costs when it begins to run is not the question.
    life.declare(target, { replicas: 8, priceCap: 1n }, [BEN]);
    for (const { publicKey, payout } of hosts.slice(place * 8, place * 8 + 8)) {
      const args = [target, target, hostId(publicKey)];
      life.send("Contracts", "ready", args, { from: payout });
    }
    const value = (until - life.chain.number) * 10n;
    life.send("Contracts", "topUp", [target], { from: ANN, value });
  });
  // The sweep has come up to the present before it warns of all of them in one block.
  life.chain.number = until - 200n;
  const warned: number[] = [];
  while (life.chain.number < until - 1n) {
    const events = life.send("Contracts", "sweep", [BigInt(sweepMax)]) as string[][];
    const { length } = events.filter(([name]) => name === "RentDue");
    if (length > 0) warned.push(length);
  }
  assert.deepEqual(warned, [sweepMax]);
  for (const { payout } of [hosts[0], hosts.at(-1)] as typeof hosts) {
    assert.ok((life.read("Contracts", "earned", [payout as Address]) as bigint) > 0n);
  }
});
