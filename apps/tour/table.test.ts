import assert from "node:assert/strict";
import { test } from "node:test";
import { failed, leftOut, type Row, settledRow } from "./row.ts";
import { tourTable } from "./table.ts";

const php = { contract: "Token", language: "PHP", tier: "container", driver: "docker" };
const script = { contract: "Token", language: "AssemblyScript", tier: "wasm", driver: "V8" };
const relay = { contract: "Relay", language: "Solidity, C", tier: "evm, wasm", driver: "revm, V8" };
const body = {
  address: `0x${"0123456789".repeat(4)}`,
  call: "transfer(to, 250)",
  result: "true; balance 250; overdraft reverts: insufficient balance",
  gas: 310_830,
  orderedIn: 26,
  resultIn: 27,
  resultHash: `0x${"ab".repeat(32)}`,
};
const ROWS: readonly Row[] = [
  settledRow(script, { ...body, resultIn: 26 }),
  settledRow(relay, body),
  leftOut(php, "the PHP image is not built: npm run images"),
  failed(php, new Error("the deployment failed")),
];

const widest = (text: string): number => Math.max(...text.split("\n").map((line) => line.length));

test("a file gets one table with every field whole", () => {
  const [head, first] = tourTable(ROWS, Number.POSITIVE_INFINITY).split("\n");
  assert.equal(
    head?.split(/ {2,}/).join(),
    "contract,language,tier,driver,address,call,result,gas,ordered in,result in,result hash",
  );
  const { address, call, result, resultHash } = body;
  const facts = [
    "Token",
    "AssemblyScript",
    "wasm",
    "V8",
    address,
    call,
    result,
    "310830",
    "26",
    "26",
  ];
  assert.deepEqual(first?.split(/ {2,}/), [...facts, resultHash]);
});

test("the table fits every terminal from 80 columns on, and uses the room that there is", () => {
  const widths = Array.from({ length: 221 }, (_, i) => i + 80);
  for (const width of widths) assert.ok(widest(tourTable(ROWS, width)) <= width, `at ${width}`);
  assert.ok(!tourTable(ROWS, 80).includes(body.address));
  assert.ok(tourTable(ROWS, 120).includes(body.address));
  assert.ok(tourTable(ROWS, 300).includes(body.resultHash));
});

test("at 80 columns both ends of address and hash, both blocks, and each reason are there", () => {
  const text = tourTable(ROWS, 80);
  assert.match(text, /^Relay, Solidity, C +evm, wasm +0x0123…6789 +310830 +26-27 +0xabab…abab$/m);
  assert.match(text.replace(/\s+/g, " "), /left out: the PHP image is not built: npm run images/);
  assert.match(text, /failed: the deployment failed/);
});
