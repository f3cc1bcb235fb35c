import assert from "node:assert/strict";
import { after, test } from "node:test";
import { InvalidInput, Unavailable } from "@delchain/runtime";
import { nobleRecovery, recoverSender } from "../tx/signer.ts";
import { decodedTransfer, testKey } from "../tx/testTransactions.ts";
import { RecoveryPool } from "./recoveryPool.ts";

const pool = await RecoveryPool.start(2);
after(() => pool.close());

const samples = Array.from({ length: 8 }, (_, i) =>
  decodedTransfer({ nonce: BigInt(i) }, testKey(i)),
);
const senders = samples.map((sample) => recoverSender(sample, nobleRecovery));
// No point of the curve has the x coordinate 5.
const unsignable = {
  ...(samples[0] as (typeof samples)[0]),
  transaction: {
    ...(samples[0] as (typeof samples)[0]).transaction,
    signature: { yParity: 0 as const, r: 5n, s: 1n },
  },
};

test("a batch of many messages comes back in the order asked, what nobody signed as undefined", async () => {
  const many = Array.from({ length: 2_000 }, (_, i) =>
    i % 100 === 99 ? unsignable : (samples[i % 8] as (typeof samples)[0]),
  );
  const expected = many.map((item, i) => (item === unsignable ? undefined : senders[i % 8]));
  assert.deepEqual(await pool.recover(many), expected);
});

test("single questions asked at the same moment are each answered with their own sender", async () => {
  const answers = await Promise.all(samples.map((sample) => pool.recover([sample])));
  assert.deepEqual(answers.flat(), senders);
});

test("a transaction that nobody can have signed is refused as a whole batch", async () => {
  const signed = await pool.addSenders(samples);
  assert.deepEqual(
    signed.map(({ sender }) => sender),
    senders,
  );
  await assert.rejects(pool.addSenders([...samples, unsignable]), (error) => {
    assert(error instanceof InvalidInput);
    assert.deepEqual(error.facts, { code: "SIGNER_UNKNOWN" });
    return true;
  });
});

test("more signatures than may wait are refused at once, and the pool goes on", async () => {
  const small = await RecoveryPool.start(1, { waitingMax: 20 });
  try {
    // Eight run, sixteen wait, and eight more would be over twenty.
    const taken = [small.recover(samples), small.recover(samples), small.recover(samples)];
    await assert.rejects(small.recover(samples), /16 signatures wait to be checked .* limit of 20/);
    assert.deepEqual(await Promise.all(taken), [senders, senders, senders]);
    assert.deepEqual(await small.recover(samples), senders);
  } finally {
    await small.close();
  }
});

test("closing rejects what waits", async () => {
  const closing = await RecoveryPool.start(1);
  const waiting = Promise.all([closing.recover(samples), closing.recover(samples)]);
  const rejected = assert.rejects(waiting, Unavailable);
  await closing.close();
  await rejected;
  await assert.rejects(closing.recover(samples), /the node is closing/);
});
