import assert from "node:assert/strict";
import { test } from "node:test";
import { hashBootFiles, readBootFiles, toHex } from "@delchain/runtime";
import { bls12_381 } from "@noble/curves/bls12-381.js";
import { mnemonicToAccount } from "viem/accounts";
import { CERTIFICATE_LIMITS } from "../attest/certificateFields.ts";
import {
  DEVNET,
  DEVNET_ACCOUNTS,
  DEVNET_HOST_OWNERS,
  DEVNET_MNEMONIC,
  devnetHostSecret,
} from "./devnet.ts";

test("the limits fit into each other", () => {
  const { transactionBytesMax, certificateBytesMax, blockBytesMax } = DEVNET;
  const largestPayload = 512 * 1024;
  const relations = {
    "a transaction may not ask for more than a block":
      DEVNET.transactionGasMax <= DEVNET.blockGasLimit,
    "the base fee's target holds the largest transaction":
      DEVNET.transactionGasMax <= DEVNET.blockGasLimit / DEVNET.baseFeeRule.elasticity,
    "the largest module can be deployed":
      BigInt(largestPayload) * 25n + 53_000n < DEVNET.transactionGasMax,
    "a transaction holds the largest payload and its calldata":
      transactionBytesMax >= largestPayload + 65_536,
    "half a block holds a transaction": transactionBytesMax <= blockBytesMax / 2,
    "a block holds a certificate with all its transactions, and new ones":
      certificateBytesMax + blockBytesMax / 4 <= (blockBytesMax * 3) / 4,
    "a certificate holds all logs and slots that a block's container gas pays for":
      Number(DEVNET.containerGasLimit) / 8 / DEVNET.hosts.length +
        DEVNET.certificateSlotsMax * 68 +
        DEVNET.ordersMax * 128 <=
      certificateBytesMax,
    "slots that a block's container gas pays for fit":
      DEVNET.containerGasLimit / 22_100n <= BigInt(DEVNET.certificateSlotsMax),
    "a quarter of a certificate holds its slots":
      DEVNET.certificateSlotsMax * 68 <= certificateBytesMax / 3,
    "the codec lets through what the spec allows":
      DEVNET.certificateSlotsMax <= CERTIFICATE_LIMITS.slots &&
      DEVNET.queueLengthMax <= CERTIFICATE_LIMITS.calls &&
      DEVNET.committeeSizes.all <= CERTIFICATE_LIMITS.members,
    "each level asks at least as many as the one before":
      DEVNET.committeeSizes.fast <= DEVNET.committeeSizes.strong &&
      DEVNET.committeeSizes.strong <= DEVNET.committeeSizes.all,
    "all levels have their turn before a call is given up":
      3n * DEVNET.levelBlocks <= DEVNET.orderDeadlineBlocks,
    "a container's queue holds all that one block orders":
      DEVNET.ordersMax <= DEVNET.queueLengthMax,
    "one container call with all its gas fits":
      DEVNET.transactionGasMax <= DEVNET.containerGasLimit,
    "a block full of orders fits its gas":
      BigInt(DEVNET.ordersMax) * DEVNET.orderGas <= DEVNET.containerGasLimit,
    "nobody joins a draw whose randomness is known":
      DEVNET.hostRules.joinBlocks > BigInt(DEVNET.committeeSeedDelay),
    "a jailed host is out until what was ordered with it is settled":
      DEVNET.hostRules.jailBlocks >= DEVNET.orderDeadlineBlocks,
    "a report finds the stake of a host that left":
      DEVNET.hostRules.unbondingBlocks >= DEVNET.hostRules.noticeBlocks,
    "what a certificate changes can be kept for a rollback, if the contract changes half of it":
      2 * DEVNET.contractRules.rollbackSlotsMax >= DEVNET.certificateSlotsMax,
    "what is frozen is archived later": DEVNET.contractRules.archiveBlocks > 0n,
    "fees begin at their minimum or above":
      DEVNET.initialBaseFee >= DEVNET.baseFeeRule.min &&
      DEVNET.initialContainerBaseFee >= DEVNET.baseFeeRule.min,
  };
  const broken = Object.entries(relations).filter(([, holds]) => !holds);
  assert.deepEqual(broken, []);
});

test("the funded accounts are the mnemonic's first ten, and for fees the two that own hosts", () => {
  const derived = Array.from({ length: 12 }, (_, addressIndex) =>
    mnemonicToAccount(DEVNET_MNEMONIC, { addressIndex }),
  );
  const addresses = derived.map(({ address }) => address.toLowerCase());
  assert.deepEqual(DEVNET_ACCOUNTS, addresses.slice(0, 10));
  assert.deepEqual(
    DEVNET.genesis.balances.map(({ address, balance }) => [address, balance]),
    addresses.map((address, i) => [address, (i < 10 ? 10_000n : 100n) * 10n ** 18n]),
  );
  assert.deepEqual(
    DEVNET_HOST_OWNERS.map(({ secret }) => secret),
    derived.slice(10).map((account) => new Uint8Array(account.getHdKey().privateKey ?? [])),
  );
});

test("the hosts' keys belong to the published secrets, their payouts to the mnemonic's next accounts", () => {
  const derived = [0, 1].map((index) => ({
    publicKey: `0x${bls12_381.longSignatures.getPublicKey(devnetHostSecret(index)).toHex()}`,
    payout: mnemonicToAccount(DEVNET_MNEMONIC, { addressIndex: 10 + index }).address.toLowerCase(),
  }));
  assert.deepEqual(DEVNET.hosts, derived);
  assert.notEqual(toHex(devnetHostSecret(0)), toHex(devnetHostSecret(1)));
});

test("the devnet boots PHP with the SDK of this repository: a change of it is a change of the network", () => {
  assert.equal(DEVNET.php?.sdk, hashBootFiles(readBootFiles()));
});
