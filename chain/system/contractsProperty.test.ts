import assert from "node:assert/strict";
import { test } from "node:test";
import type { Address } from "@delchain/runtime";
import fc from "fast-check";
import { DEVNET } from "../spec/devnet.ts";
import { CONTAINER } from "../transition/testChain.ts";
import { readContract } from "./contractRegistry.ts";
import { hostId } from "./hostRegistry.ts";
import { ADMIN, ANN, BEN, Life, manifestHash, NEXT, RENT, SENDERS } from "./testLife.ts";

/** What may follow what, whoever asks for it. Funding changes beside it. */
const TRANSITIONS: Readonly<Record<string, readonly string[]>> = {
  pending: ["pending", "active", "retired"],
  active: ["active", "suspended", "retired"],
  suspended: ["suspended", "active", "retired"],
  retired: ["retired"],
};
const FUNDINGS: Readonly<Record<string, readonly string[]>> = {
  funded: ["funded", "frozen"],
  frozen: ["funded", "frozen", "archived"],
  // What is topped up for one block is frozen again by the sweep of the next.
  archived: ["funded", "frozen", "archived"],
};
const PAYOUTS: readonly Address[] = [
  ...new Set(DEVNET.hosts.slice(0, 2).map(({ payout }) => payout as Address)),
];
const PEOPLE: readonly Address[] = [ADMIN, ANN, ...SENDERS.slice(1)];

/** Things that people and protocol do, in any order, at any time. */
const deed = fc.oneof(
  fc.record({
    name: fc.constantFrom(
      "propose",
      "propose",
      "propose",
      "cancel",
      "rollback",
      "suspend",
      "resume",
      "retire",
      "topUp",
    ),
    who: fc.constantFrom(ADMIN, ADMIN, ADMIN, ANN),
    amount: fc.bigInt(0n, 300n),
  }),
  fc.record({
    name: fc.constantFrom("keep", "keep", "collect", "leave"),
    who: fc.nat(1),
    version: fc.nat(1),
  }),
  fc.record({
    name: fc.constantFrom("approve", "ready", "ready"),
    who: fc.nat(1),
    version: fc.nat(1),
  }),
  fc.record({ name: fc.constant("begin"), who: fc.constantFrom(ADMIN, ADMIN, ANN) }),
  fc.record({ name: fc.constant("end"), succeeded: fc.constantFrom(true, true, false) }),
  fc.record({
    name: fc.constantFrom("strike", "strike", "audit"),
    who: fc.constantFrom(...PEOPLE),
  }),
  fc.record({ name: fc.constant("pass"), blocks: fc.bigInt(1n, 9n) }),
);
type Deed = typeof deed extends fc.Arbitrary<infer Value> ? Value : never;

/** Does it as the protocol would: its own calls where they have their place, sweep and rollbacks in each block. */
function perform(life: Life, one: Deed, versions: readonly Address[]): void {
  const record = readContract(life.chain.view, DEVNET.contractsAddress, CONTAINER);
  if ("succeeded" in one) {
    if (record.switchIndex !== 0n) life.tell("endSwitch", one.succeeded);
  } else if ("blocks" in one) {
    life.pass(one.blocks);
  } else if ("version" in one) {
    const version = versions[one.version] as Address;
    const host = DEVNET.hosts[one.who] as (typeof DEVNET.hosts)[number];
    const [id, from] = [hostId(host.publicKey), host.payout as Address];
    if (one.name === "ready") {
      life.act("ready", [version, id], from);
    } else if (one.name === "keep") {
      life.act("keep", [id], from);
    } else if (one.name === "collect") {
      life.send("Contracts", "collect", [from], { from: ANN });
    } else if (one.name === "leave") {
      life.send("Hosts", "giveNotice", [id], { from });
    } else {
      life.act("approve", [version, manifestHash(life, version)], [ANN, BEN][one.who]);
    }
  } else if ("amount" in one) {
    const args = one.name === "propose" ? [NEXT] : [];
    life.act(one.name, args, one.who, one.name === "topUp" ? one.amount : 0n);
  } else if (one.name === "begin") {
    life.tell("beginSwitch", one.who, life.chain.number);
  } else if (one.name === "audit") {
    if (record.status === "suspended") life.tell("passedAudit");
  } else if (record.status === "active") {
    life.tell("settled", 1n, one.who, life.chain.number);
  }
  life.send("Contracts", "sweep", [3n]);
  if (record.isDraining) life.send("Contracts", "endRollback", [0n, true]);
}

/** All coins that these accounts can have. */
function coins({ chain }: Life): bigint {
  const addresses = [...PEOPLE, BEN, CONTAINER, NEXT, DEVNET.contractsAddress, ...PAYOUTS];
  return addresses.reduce((sum, address) => sum + chain.balance(address), 0n);
}

function owed(life: Life): bigint {
  const escrows = [CONTAINER, NEXT].map(
    (address) => (life.read("Contracts", "contractOf", [address]) as { escrow: bigint }).escrow,
  );
  const paid = [0n, 1n, 2n].map((one) => life.read("Contracts", "rentPaid", [one]) as bigint);
  const earned = PAYOUTS.map((one) => life.read("Contracts", "earned", [one]) as bigint);
  return [...escrows, ...paid, ...earned].reduce((sum, amount) => sum + amount, 0n);
}

test("whatever is done in whatever order, no state is reached that may not follow, and no coin is lost", () => {
  const seen = new Map<string, number>();
  const property = fc.property(
    fc.array(deed, { minLength: 10, maxLength: 40 }),
    fc.boolean(),
    (deeds, isOpen) => {
      const own = isOpen ? {} : { replicas: 1 };
      const life = new Life(own, isOpen ? [] : [ANN, BEN], { class: 1 }, RENT);
      for (const address of [ADMIN, ANN]) life.chain.view.set(address, { balance: 10_000n });
      const before = coins(life);
      let last = readContract(life.chain.view, DEVNET.contractsAddress, CONTAINER);
      for (const one of deeds) {
        const number = life.chain.number;
        try {
          perform(life, one, [CONTAINER, NEXT]);
        } catch (error) {
          // Refused with an error of the contract's own: nothing has changed.
          assert.match((error as Error).message, /^[A-Z][A-Za-z]+\(/);
          assert.equal(life.chain.number, number);
        }
        const now = readContract(life.chain.view, DEVNET.contractsAddress, CONTAINER);
        assert.ok(
          TRANSITIONS[last.status]?.includes(now.status),
          `${last.status} to ${now.status}`,
        );
        assert.ok(
          FUNDINGS[last.funding]?.includes(now.funding),
          `${last.funding} to ${now.funding}`,
        );
        assert.ok(!(now.isDraining && now.switchIndex !== 0n));
        assert.equal(coins(life), before);
        assert.equal(life.chain.balance(DEVNET.contractsAddress), owed(life));
        const isPaid = PAYOUTS.some(
          (one) => (life.read("Contracts", "earned", [one]) as bigint) > 0n,
        );
        for (const key of [
          now.status,
          now.funding,
          now.version === NEXT ? "switched" : "first",
          isPaid ? "earned" : "unpaid",
        ]) {
          seen.set(key, (seen.get(key) ?? 0) + 1);
        }
        last = now;
      }
    },
  );
  fc.assert(property, { numRuns: 80, seed: 7 });
  const reached = [
    "pending",
    "active",
    "suspended",
    "retired",
    "funded",
    "frozen",
    "archived",
    "switched",
    "earned",
  ];
  assert.deepEqual(
    reached.filter((one) => !seen.has(one)),
    [],
  );
});
