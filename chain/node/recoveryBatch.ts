import { type Address, addressFromBytes, hashToBytes, keccak256Bytes } from "@delchain/runtime";
import type { DecodedTransaction } from "../tx/codec.ts";
import { type Recovery, signatureBytes } from "../tx/signer.ts";

/** Hash, r and s, yParity. */
const QUESTION_BYTES = 32 + 64 + 1;
/** 1 and the address, or 0 and nothing when nobody can have signed. */
const ANSWER_BYTES = 1 + 20;

/** Many signatures in one buffer, which moves to another thread without a copy. */
export function encodeQuestions(
  transactions: readonly DecodedTransaction[],
): Uint8Array<ArrayBuffer> {
  const questions = new Uint8Array(transactions.length * QUESTION_BYTES);
  transactions.forEach(({ signingHash, transaction: { signature } }, i) => {
    const start = i * QUESTION_BYTES;
    questions.set(hashToBytes(signingHash), start);
    questions.set(signatureBytes(signature), start + 32);
    questions[start + 96] = signature.yParity;
  });
  return questions;
}

/** What a worker thread does with the questions. */
export function answerQuestions(
  questions: Uint8Array,
  recovery: Recovery,
): Uint8Array<ArrayBuffer> {
  const count = questions.length / QUESTION_BYTES;
  const answers = new Uint8Array(count * ANSWER_BYTES);
  for (let i = 0; i < count; i++) {
    const question = questions.subarray(i * QUESTION_BYTES, (i + 1) * QUESTION_BYTES);
    const yParity = question[96] === 0 ? 0 : 1;
    const publicKey = recovery.recover(
      question.subarray(0, 32),
      question.subarray(32, 96),
      yParity,
    );
    if (publicKey === undefined) continue;
    answers[i * ANSWER_BYTES] = 1;
    answers.set(keccak256Bytes(publicKey).subarray(12), i * ANSWER_BYTES + 1);
  }
  return answers;
}

/** In the order of the questions; `undefined` where nobody can have signed. */
export function decodeAnswers(answers: Uint8Array): readonly (Address | undefined)[] {
  return Array.from({ length: answers.length / ANSWER_BYTES }, (_, i) => {
    const start = i * ANSWER_BYTES;
    const isKnown = answers[start] === 1;
    return isKnown
      ? addressFromBytes(answers.subarray(start + 1, start + ANSWER_BYTES))
      : undefined;
  });
}
