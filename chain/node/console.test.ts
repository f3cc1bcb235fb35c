import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import { test } from "node:test";
import { CONSOLE_TEXT_BYTES, toAddress } from "@delchain/runtime";
import { ConsoleHistory, consoleWriter, LINES_KEPT, LINES_PER_TURN } from "./console.ts";

const ONE = toAddress(`0x${"11".repeat(20)}`);
const OTHER = toAddress(`0x${"22".repeat(20)}`);

/** A history that listens to a thread which is an emitter, and the thread's writer. */
function connected() {
  const thread = new EventEmitter();
  const history = new ConsoleHistory();
  history.listen(thread);
  const writer = consoleWriter(
    { postMessage: (message) => thread.emit("message", message) },
    "query",
  );
  return { history, writer, thread };
}

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

test("what contracts print is kept in order, with numbers to go on from", async () => {
  const { history, writer, thread } = connected();
  writer(ONE, "first");
  writer(OTHER, "second");
  assert.deepEqual(history.after(0, undefined), { lines: [], last: 0 });
  await turn();
  thread.emit("message", { id: 1, value: "an answer of the same thread" });
  writer(ONE, "third");
  await turn();
  const during = "query" as const;
  const first = { number: 1, contract: ONE, during, text: "first" };
  const third = { number: 3, contract: ONE, during, text: "third" };
  assert.deepEqual(history.after(0, ONE), { lines: [first, third], last: 3 });
  assert.deepEqual(history.after(2, undefined), { lines: [third], last: 3 });
  assert.deepEqual(history.after(3, undefined), { lines: [], last: 3 });
});

test("a call that prints for ever is cut short, and so are long texts and old lines", async () => {
  const { history, writer } = connected();
  for (let i = 0; i < LINES_PER_TURN + 7; i++) writer(ONE, "x".repeat(CONSOLE_TEXT_BYTES + 1));
  await turn();
  const { lines, last } = history.after(0, undefined);
  assert.equal(last, LINES_PER_TURN + 1);
  assert.equal(lines.length, LINES_KEPT);
  assert.equal(lines[0]?.text.length, CONSOLE_TEXT_BYTES);
  assert.equal(lines.at(-1)?.text, "… and 7 more lines");
  writer(ONE, "the next turn");
  await turn();
  assert.equal(history.after(last, undefined).lines[0]?.text, "the next turn");
});
