import { parentPort } from "node:worker_threads";
import { assert } from "@delchain/runtime";
import { chooseRecovery } from "./recovery.ts";
import { answerQuestions } from "./recoveryBatch.ts";

/** A thread of `RecoveryPool`: says which way it recovers, then answers one buffer of questions after another. */
export type RecoveryReady = {
  readonly name: string;
  readonly passedOver: readonly { readonly name: string; readonly reason: string }[];
};

const port = parentPort;
assert(port, "recoveryWorker.ts runs as a worker thread");
const { recovery, passedOver } = await chooseRecovery();
port.on("message", (questions: Uint8Array) => {
  const answers = answerQuestions(questions, recovery);
  port.postMessage(answers, [answers.buffer]);
});
const ready: RecoveryReady = { name: recovery.name, passedOver };
port.postMessage(ready);
