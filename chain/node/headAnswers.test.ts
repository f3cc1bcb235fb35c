import assert from "node:assert/strict";
import { test } from "node:test";
import { toAddress } from "@delchain/runtime";
import { HEAD_ANSWERS_MAX, HeadAnswers } from "./headAnswers.ts";

const contract = toAddress(`0x${"11".repeat(20)}`);

test("a contract is asked about once for each head, however many want to know", async () => {
  const answers = new HeadAnswers<number>();
  let asked = 0;
  const ask = () => Promise.resolve(++asked);
  const [head, next] = [{}, {}];
  assert.deepEqual(
    await Promise.all([answers.get(head, contract, ask), answers.get(head, contract, ask)]),
    [1, 1],
  );
  assert.equal(await answers.get(next, contract, ask), 2);
  assert.equal(await answers.get(head, contract, ask), 3);
});

test("a question that failed is asked again", async () => {
  const answers = new HeadAnswers<number>();
  const head = {};
  await assert.rejects(answers.get(head, contract, () => Promise.reject(new Error("gone"))));
  assert.equal(await answers.get(head, contract, () => Promise.resolve(1)), 1);
});

test("of more contracts than the limit the one asked about longest ago is forgotten", async () => {
  const answers = new HeadAnswers<number>();
  const head = {};
  let asked = 0;
  const ask = () => Promise.resolve(++asked);
  for (let i = 0; i <= HEAD_ANSWERS_MAX; i++) {
    const address = toAddress(`0x${i.toString(16).padStart(40, "0")}`);
    await answers.get(head, address, ask);
  }
  const address = (i: number) => toAddress(`0x${i.toString(16).padStart(40, "0")}`);
  assert.equal(await answers.get(head, address(HEAD_ANSWERS_MAX), ask), HEAD_ANSWERS_MAX + 1);
  assert.equal(await answers.get(head, address(0), ask), HEAD_ANSWERS_MAX + 2);
});
