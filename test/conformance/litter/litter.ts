import { type Contract, rawContract } from "@delchain/node";

// Leaves behind all that a call can, and says whether anything of an earlier call was there.

let calls = 0;
const kept: unknown[] = [];
const named = new Map<string, number>();

const found: string[] = [];

function expect(what: string, isFresh: boolean): void {
  if (!isFresh) found.push(what);
}

/** Everything that all modules of a realm share. */
function pollute(): void {
  const shared = globalThis as Record<string, unknown>;
  expect("global", shared.left === undefined);
  shared.left = "here";
  const prototype = Object.prototype as Record<string, unknown>;
  expect("prototype", prototype.left === undefined);
  Object.defineProperty(prototype, "left", { value: "here", enumerable: false });
  expect("method", [3, 1, 2].sort().join() === "1,2,3");
  Array.prototype.sort = (): never => {
    throw new Error("left by an earlier call");
  };
  expect("constructor", JSON.stringify({ a: 1 }) === '{"a":1}');
  JSON.stringify = () => "left";
  const symbol = Symbol.for("left") as unknown as { description: string };
  expect("symbol", (shared as Record<symbol, unknown>)[symbol as unknown as symbol] === undefined);
  (shared as Record<symbol, unknown>)[symbol as unknown as symbol] = 1;
  expect("regular expression", RegExp.lastMatch === "");
  /left/.exec("left");
  expect("error", Error.stackTraceLimit === 10);
  Error.stackTraceLimit = 5;
}

export const litter: Contract = rawContract(() => {
  expect("variable", calls++ === 0);
  expect("list", kept.length === 0);
  kept.push(new Array(100_000).fill(1));
  expect("map", !named.has("left"));
  named.set("left", 1);
  pollute();
  return new TextEncoder().encode(found.length === 0 ? "fresh" : found.join());
});
