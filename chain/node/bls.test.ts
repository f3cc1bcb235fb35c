import assert from "node:assert/strict";
import { test } from "node:test";
import type { Bls } from "../attest/bls.ts";
import { nobleBls } from "../attest/nobleBls.ts";
import { chooseBls, passesBlsSelfTest } from "./bls.ts";

test("both implementations pass the self-test, so the known answers are noble's", () => {
  assert.equal(passesBlsSelfTest(nobleBls), true);
  assert.equal(passesBlsSelfTest(chooseBls().bls), true);
});

test("an implementation that signs otherwise, or takes any signature, fails the self-test", () => {
  const another: Bls = {
    ...nobleBls,
    sign: (secret, message) => nobleBls.sign(secret, message.subarray(1)),
  };
  const trusting: Bls = { ...nobleBls, verifyAggregate: () => true };
  assert.equal(passesBlsSelfTest(another), false);
  assert.equal(passesBlsSelfTest(trusting), false);
});
