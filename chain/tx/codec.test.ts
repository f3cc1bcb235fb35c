import assert from "node:assert/strict";
import { test } from "node:test";
import { fromHex, type Hex, toHex } from "@delchain/runtime";
import { createCustomCommon, Hardfork, Mainnet } from "@ethereumjs/common";
import { createTxFromRLP } from "@ethereumjs/tx";
import fc from "fast-check";
import { privateKeyToAccount } from "viem/accounts";
import { DEVNET } from "../spec/devnet.ts";
import { unsignedTransactions } from "./arbitraries.ts";
import { decodeTransaction, encodeTransaction } from "./codec.ts";
import { toExecutable } from "./executable.ts";
import { nobleRecovery, recoverSender, signTransaction, withSender } from "./signer.ts";
import { TEST_KEY } from "./testTransactions.ts";
import type { UnsignedTransaction } from "./transaction.ts";

const account = privateKeyToAccount(TEST_KEY);
const sender = account.address.toLowerCase();
const common = createCustomCommon({ chainId: Number(DEVNET.chainId) }, Mainnet, {
  // The fork before EIP-7825, whose cap of 2^24 gas is 2^26 here.
  hardfork: Hardfork.Prague,
});
const KINDS = { 0: "legacy", 1: "eip2930", 2: "eip1559" } as const;

async function signedByViem(unsigned: UnsignedTransaction): Promise<Hex> {
  const { type, chainId, nonce, gasLimit, ...fields } = unsigned;
  const accessList =
    unsigned.type === 0
      ? undefined
      : unsigned.accessList.map(({ address, slots }) => ({ address, storageKeys: slots }));
  return await account.signTransaction({
    ...fields,
    type: KINDS[type],
    chainId: Number(chainId),
    // viem takes numbers here; larger nonces come from signTransaction alone.
    nonce: Number(nonce & 0xffff_ffffn),
    gas: gasLimit,
    data: toHex(unsigned.data),
    accessList,
  } as never);
}

test("what viem signs, of each type, decodes to its fields and its sender", async () => {
  await fc.assert(
    fc.asyncProperty(unsignedTransactions, async (unsigned) => {
      const raw = await signedByViem(unsigned);
      const decoded = decodeTransaction(fromHex(raw), DEVNET);
      const { signature: _, ...fields } = decoded.transaction;
      assert.deepEqual(fields, { ...unsigned, nonce: unsigned.nonce & 0xffff_ffffn });
      assert.equal(recoverSender(decoded, nobleRecovery), sender);
      assert.equal(toHex(encodeTransaction(decoded.transaction)), raw);
    }),
    { numRuns: 40 },
  );
});

test("hash, signing hash and sender are those of @ethereumjs/tx, over all values of all fields", () => {
  fc.assert(
    fc.property(unsignedTransactions, (unsigned) => {
      const raw = signTransaction(unsigned, fromHex(TEST_KEY));
      const decoded = decodeTransaction(raw, DEVNET);
      const theirs = createTxFromRLP(raw, { common, allowUnlimitedInitCodeSize: true });
      assert.equal(decoded.hash, toHex(theirs.hash()));
      assert.equal(decoded.signingHash, toHex(theirs.getHashedMessageToSign()));
      assert.equal(theirs.getSenderAddress().toString(), sender);
    }),
    { numRuns: 40 },
  );
});

test("a decoded transaction encodes to the bytes it came from", () => {
  fc.assert(
    fc.property(unsignedTransactions, (unsigned) => {
      const raw = signTransaction(unsigned, fromHex(TEST_KEY));
      assert.equal(
        toHex(encodeTransaction(decodeTransaction(raw, DEVNET).transaction)),
        toHex(raw),
      );
    }),
    { numRuns: 60 },
  );
});

test("the executor gets the gas price of old types as both fees, and an empty access list for type 0", () => {
  fc.assert(
    fc.property(unsignedTransactions, (unsigned) => {
      const decoded = decodeTransaction(signTransaction(unsigned, fromHex(TEST_KEY)), DEVNET);
      const { type, to, nonce, gasLimit, value, data } = unsigned;
      assert.deepEqual(toExecutable(withSender(decoded, recoverSender(decoded, nobleRecovery))), {
        type,
        sender,
        to,
        nonce,
        gasLimit,
        maxFeePerGas: unsigned.type === 2 ? unsigned.maxFeePerGas : unsigned.gasPrice,
        maxPriorityFeePerGas:
          unsigned.type === 2 ? unsigned.maxPriorityFeePerGas : unsigned.gasPrice,
        value,
        data,
        accessList: unsigned.type === 0 ? [] : unsigned.accessList,
      });
    }),
    { numRuns: 20 },
  );
});
