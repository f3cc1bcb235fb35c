import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type Address,
  bigintToBytes,
  concatBytes,
  encodeRlp,
  fromHex,
  type Hash,
  type Hex,
  keccak256Bytes,
  toAddress,
  toHex,
} from "@delchain/runtime";
import { bls12_381 } from "@noble/curves/bls12-381.js";
import { getAddress } from "viem";
import { BLS_DOMAIN } from "../attest/bls.ts";
import { proveHostKey } from "../attest/hostKey.ts";
import { DEVNET, devnetHostSecret } from "../spec/devnet.ts";
import { ALICE, TestChain } from "../transition/testChain.ts";
import { hostId, hostsOf, readHosts, readRetainer } from "./hostRegistry.ts";
import { SystemCaller } from "./testSystem.ts";

const scheme = bls12_381.longSignatures;
const STAKE = DEVNET.hostRules.stakeUnit;
const BOB = toAddress(`0x${"b0".repeat(20)}`);
const PAYOUT = toAddress(`0x${"0b".repeat(20)}`);
const utf8 = (text: string) => new TextEncoder().encode(text);

/** A number of the base field as EIP-2537 has it. */
function field(value: bigint): Uint8Array {
  return bigintToBytes(value, 64);
}

/** A key with its three forms, and what it signs. */
class Key {
  readonly #secret: Uint8Array;
  readonly compressed: Uint8Array;
  readonly id: Hex;

  constructor(index: number) {
    this.#secret = devnetHostSecret(index);
    this.compressed = scheme.getPublicKey(this.#secret).toBytes();
    this.id = hostId(toHex(this.compressed));
  }

  get uncompressed(): Hex {
    return toHex(proveHostKey(this.#secret, ALICE, DEVNET.chainId).uncompressed);
  }

  sign(message: Uint8Array): Hex {
    const { x, y } = scheme.sign(scheme.hash(message, BLS_DOMAIN), this.#secret).toAffine();
    return toHex(concatBytes(field(x.c0), field(x.c1), field(y.c0), field(y.c1)));
  }

  proof(owner: Address, chainId = DEVNET.chainId): Hex {
    return toHex(proveHostKey(this.#secret, owner, chainId).proof);
  }
}

const KEY = new Key(7);
const FIRST = new Key(0);
const registration = (key = KEY, owner: Address = ALICE, classes = 1) =>
  [key.uncompressed, key.proof(owner), PAYOUT, classes] as const;

/** A chain with the devnet's two hosts and one more, small alone, of Alice's. */
function withHost(): SystemCaller {
  const caller = new SystemCaller(new TestChain());
  caller.send("Hosts", "register", registration(), { from: ALICE, value: STAKE });
  return caller;
}

function drawn({ chain }: SystemCaller, resourceClass: "small" | "medium", number: bigint): number {
  return hostsOf(readHosts(chain.view, DEVNET.hostsAddress), resourceClass, number).length;
}

test("genesis holds the spec's hosts, in all classes, and their stakes", () => {
  const chain = new TestChain();
  const hosts = readHosts(chain.view, DEVNET.hostsAddress);
  const publicKeys = DEVNET.hosts.map(({ publicKey }) => publicKey);
  assert.deepEqual(
    hosts.map(({ publicKey, payout, from, classes }) => ({ publicKey, payout, from, classes })),
    DEVNET.hosts
      .map((host) => ({ ...host, from: 0n, classes: ["small", "medium", "large"] }))
      .sort((left, right) => (left.publicKey < right.publicKey ? -1 : 1)),
  );
  assert.equal(publicKeys.length, 2);
  assert.equal(chain.balance(DEVNET.hostsAddress), 2n * STAKE);
  const caller = new SystemCaller(chain);
  assert.equal(caller.read("Hosts", "count"), 2n);
  assert.equal(caller.read("Hosts", "readyCount", [2]), 2n);
  assert.equal(caller.read("Hosts", "ownerOf", [FIRST.id]), checksummed(DEVNET.hosts[0]?.payout));
});

test("a host that registers with its stake judges from `joinBlocks` on, in its classes alone", () => {
  const caller = new SystemCaller(new TestChain());
  const before = caller.chain.balance(ALICE);
  const number = caller.chain.number + 1n;
  const from = number + DEVNET.hostRules.joinBlocks;
  assert.deepEqual(
    caller.send("Hosts", "register", registration(), { from: ALICE, value: STAKE }),
    [["Registered", KEY.id, checksummed(ALICE), toHex(KEY.compressed), 1, from]],
  );
  assert.equal(before - caller.chain.balance(ALICE), STAKE);
  const hosts = readHosts(caller.chain.view, DEVNET.hostsAddress);
  assert.deepEqual(
    hosts.find(({ publicKey }) => publicKey === toHex(KEY.compressed)),
    {
      publicKey: toHex(KEY.compressed),
      payout: PAYOUT,
      from,
      until: 2n ** 64n - 1n,
      classes: ["small"],
    },
  );
  assert.deepEqual(
    [
      drawn(caller, "small", from - 1n),
      drawn(caller, "small", from),
      drawn(caller, "medium", from),
    ],
    [2, 3, 2],
  );
});

test("a registration is refused without its stake, its proof, a payout or a class, and a second time", () => {
  const caller = withHost();
  const other = new Key(8);
  const refuse = (args: readonly unknown[], expected: RegExp, value = STAKE, from = ALICE) =>
    assert.throws(() => caller.send("Hosts", "register", args, { from, value }), expected);
  const [key, proof] = registration(other);
  refuse(registration(other), /WrongStake\(sent: 1, unit: 1000000000000000000000\)/, 1n);
  refuse(registration(KEY), /KeyTaken/);
  refuse([key, other.proof(BOB), PAYOUT, 1], /NoProof/);
  refuse([key, other.proof(ALICE, 1n), PAYOUT, 1], /NoProof/);
  refuse([key, KEY.proof(ALICE), PAYOUT, 1], /NoProof/);
  refuse([key, proof.slice(0, -2), PAYOUT, 1], /WrongLength\(key: 128, signature: 255\)/);
  refuse([`${key}00`, proof, PAYOUT, 1], /WrongLength\(key: 129, signature: 256\)/);
  refuse([key, proof, `0x${"00".repeat(20)}`, 1], /NoPayout/);
  refuse([key, proof, PAYOUT, 0], /NoSuchClass/);
  refuse([key, proof, PAYOUT, 8], /NoSuchClass/);
  // Infinity for both would satisfy the pairing.
  refuse([toHex(new Uint8Array(128)), toHex(new Uint8Array(256)), PAYOUT, 1], /NoProof/);
  // A point beside the curve.
  refuse([`${key.slice(0, -2)}00`, proof, PAYOUT, 1], /NoProof/);
});

test("no more hosts register than the draw looks at", () => {
  const hostRules = { ...DEVNET.hostRules, hostsMax: 2 };
  const caller = new SystemCaller(new TestChain({ ...DEVNET, hostRules }));
  const register = () =>
    caller.send("Hosts", "register", registration(), { from: ALICE, value: STAKE });
  assert.throws(register, /HostsFull\(limit: 2\)/);
});

test("offers and payout are the owner's to change, in the host's classes", () => {
  const caller = withHost();
  const offer = [KEY.id, 0, 7n];
  assert.deepEqual(caller.send("Hosts", "offer", offer, { from: ALICE }), [
    ["Offered", KEY.id, 0, 7n],
  ]);
  assert.deepEqual(caller.read("Hosts", "retainers", [KEY.id, 0]), 7n);
  const { view } = caller.chain;
  const id = KEY.id as Hash;
  const read = (name: "small" | "medium") => readRetainer(view, DEVNET.hostsAddress, id, name);
  assert.deepEqual([read("small"), read("medium")], [7n, 0n]);
  assert.throws(() => caller.send("Hosts", "offer", offer, { from: BOB }), /NotOwner/);
  assert.throws(
    () => caller.send("Hosts", "offer", [KEY.id, 1, 7n], { from: ALICE }),
    /NoSuchClass/,
  );
  assert.throws(
    () => caller.send("Hosts", "offer", [KEY.id, 9, 7n], { from: ALICE }),
    /NoSuchClass/,
  );
  caller.send("Hosts", "setPayout", [KEY.id, BOB], { from: ALICE });
  assert.throws(() => caller.send("Hosts", "setPayout", [KEY.id, BOB], { from: BOB }), /NotOwner/);
  const zero = `0x${"00".repeat(20)}`;
  assert.throws(
    () => caller.send("Hosts", "setPayout", [KEY.id, zero], { from: ALICE }),
    /NoPayout/,
  );
  const [host] = readHosts(caller.chain.view, DEVNET.hostsAddress).filter(
    ({ payout }) => payout === BOB,
  );
  assert.equal(host?.publicKey, toHex(KEY.compressed));
});

test("a host that gives notice judges until it has run out, and has its stake back when nothing can be reported", () => {
  const caller = withHost();
  const { noticeBlocks, unbondingBlocks } = DEVNET.hostRules;
  const act = (name: string, from = ALICE) => caller.send("Hosts", name, [KEY.id], { from });
  assert.throws(() => act("withdraw"), /TooEarly/);
  assert.throws(() => act("giveNotice", BOB), /NotOwner/);
  act("giveNotice");
  const until = caller.chain.number + noticeBlocks;
  assert.throws(() => act("giveNotice"), /HasLeft/);
  assert.deepEqual([drawn(caller, "small", until - 1n), drawn(caller, "small", until)], [3, 2]);
  caller.chain.number = until + unbondingBlocks - 2n;
  assert.throws(() => act("withdraw"), /TooEarly/);
  caller.pass(1n);
  const before = caller.chain.balance(ALICE);
  assert.deepEqual(act("withdraw"), [["Left", KEY.id, STAKE]]);
  assert.equal(caller.chain.balance(ALICE) - before, STAKE);
  assert.equal(readHosts(caller.chain.view, DEVNET.hostsAddress).length, 2);
  assert.throws(() => act("withdraw"), /NotOwner/);
  // The key may come again.
  caller.send("Hosts", "register", registration(), { from: ALICE, value: STAKE });
});

test("a host in the middle of the list leaves no gap", () => {
  const caller = withHost();
  const owner = DEVNET.hosts[0]?.payout as Address;
  caller.send("Hosts", "giveNotice", [FIRST.id], { from: owner });
  caller.pass(DEVNET.hostRules.noticeBlocks + DEVNET.hostRules.unbondingBlocks);
  caller.send("Hosts", "withdraw", [FIRST.id], { from: owner });
  const keys = readHosts(caller.chain.view, DEVNET.hostsAddress).map(({ publicKey }) => publicKey);
  assert.deepEqual(keys, [DEVNET.hosts[1]?.publicKey as Hex, toHex(KEY.compressed)].sort());
  caller.send("Hosts", "giveNotice", [KEY.id], { from: ALICE });
});

test("a host that misses too many batches of an epoch is jailed at once, and comes back by its owner", () => {
  const caller = withHost();
  const { missesMax, jailBlocks, joinBlocks, epochBlocks } = DEVNET.hostRules;
  const miss = (times: number) => {
    for (let i = 0; i < times; i++) caller.send("Hosts", "missed", [[KEY.id]]);
  };
  assert.throws(() => caller.send("Hosts", "missed", [[KEY.id]], { from: ALICE }), /NotSystem/);
  miss(missesMax - 1);
  // A new epoch begins: what was missed before is forgotten.
  caller.pass(epochBlocks);
  miss(missesMax - 1);
  const comeBack = () => caller.send("Hosts", "comeBack", [KEY.id], { from: ALICE });
  assert.throws(comeBack, /NotJailed/);
  assert.equal(drawn(caller, "small", caller.chain.number), 3);
  assert.deepEqual(caller.send("Hosts", "missed", [[KEY.id]]), [["Jailed", KEY.id, missesMax]]);
  const jailedAt = caller.chain.number;
  // The committees of this block were drawn with it.
  assert.deepEqual(
    [drawn(caller, "small", jailedAt), drawn(caller, "small", jailedAt + 1n)],
    [3, 2],
  );
  miss(1);
  assert.throws(comeBack, /TooEarly/);
  assert.throws(() => caller.send("Hosts", "withdraw", [KEY.id], { from: ALICE }), /TooEarly/);
  caller.pass(jailBlocks);
  assert.deepEqual(comeBack(), [["Returned", KEY.id, caller.chain.number + joinBlocks]]);
  assert.equal(drawn(caller, "small", caller.chain.number + joinBlocks), 3);
});

const DIFF = new Uint8Array(32).fill(1);

/** The bytes that name a round, and those of findings (chain/attest/statement.ts). */
function roundBytes(chainId = DEVNET.chainId): Uint8Array {
  return encodeRlp([
    utf8("DelChain round 1"),
    bigintToBytes(chainId, 32),
    new Uint8Array(32).fill(3),
    fromHex(BOB),
    new Uint8Array(32).fill(4),
    bigintToBytes(1n, 8),
    bigintToBytes(2n, 8),
    Uint8Array.of(0),
    new Uint8Array(32).fill(5),
  ]);
}

function word(results: number, { key = KEY, commitments = 6, chainId = DEVNET.chainId } = {}) {
  const resultsHash = new Uint8Array(32).fill(results);
  const hash = new Uint8Array(32).fill(commitments);
  const found = [DIFF, resultsHash, bigintToBytes(9n, 8)];
  const round = keccak256Bytes(roundBytes(chainId));
  const statement = keccak256Bytes(encodeRlp([utf8("DelChain result 1"), round, ...found]));
  const message = keccak256Bytes(encodeRlp([utf8("DelChain attestation 1"), statement, hash]));
  const findings = toHex(concatBytes(...found.map((one) => encodeRlp(one))));
  return { findings, commitments: toHex(hash), signature: key.sign(message) };
}

test("two results for one batch cost a host its place and a part of its stake, of which the reporter has a twentieth", () => {
  const caller = withHost();
  const batch = toHex(roundBytes());
  const supply = () =>
    [DEVNET.hostsAddress, ALICE, BOB, toAddress(`0x${"00".repeat(20)}`)].reduce(
      (sum, address) => sum + caller.chain.balance(address),
      0n,
    );
  const before = supply();
  const args = [KEY.uncompressed, batch, word(1), word(2)];
  // A twentieth, and three times one of three hosts: more than all.
  assert.deepEqual(caller.send("Hosts", "report", args, { from: BOB }), [
    ["Slashed", KEY.id, STAKE, checksummed(BOB), STAKE / 20n],
  ]);
  assert.equal(caller.chain.balance(BOB), STAKE / 20n);
  assert.equal(supply(), before);
  const { number } = caller.chain;
  assert.deepEqual(
    [drawn(caller, "small", number + 2n), drawn(caller, "small", number + 3n)],
    [2, 2],
  );
  assert.throws(() => caller.send("Hosts", "report", args, { from: BOB }), /NoConflict/);
  assert.throws(() => caller.send("Hosts", "comeBack", [KEY.id], { from: ALICE }), /NotJailed/);
});

test("what proves nothing slashes nobody", () => {
  const caller = withHost();
  const batch = toHex(roundBytes());
  const refuse = (...args: readonly unknown[]) =>
    assert.throws(() => caller.send("Hosts", "report", args, { from: BOB }), /NoConflict/);
  const key = KEY.uncompressed;
  refuse(key, batch, word(1), word(1));
  refuse(key, batch, word(1), word(2, { key: FIRST }));
  refuse(key, batch, word(1, { key: FIRST }), word(2));
  refuse(new Key(9).uncompressed, batch, word(1), word(2));
  // Of another chain, in another domain, or with a border between batch and findings that is not there.
  refuse(key, toHex(roundBytes(1n)), word(1, { chainId: 1n }), word(2, { chainId: 1n }));
  refuse(key, `0xf8bd91${batch.slice(8)}`, word(1), word(2));
  refuse(key, batch.slice(0, -2), word(1), word(2));
  refuse(key, batch, { ...word(1), findings: `${word(1).findings}00` }, word(2));
  // The same result over two lists of commitments is two words.
  const events = caller.send(
    "Hosts",
    "report",
    [key, batch, word(1), word(1, { commitments: 7 })],
    {
      from: BOB,
    },
  );
  assert.equal(events.length, 1);
});

function checksummed(address: Hex | undefined): string {
  return getAddress(address as Hex);
}
