import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, test } from "node:test";
import { ContractRefused, type DescribeRefusal, describeNodeContract } from "./describe.ts";

const folder = mkdtempSync(join(tmpdir(), "delchain-describe-"));
const root = join(folder, "project");
after(() => rmSync(folder, { recursive: true }));

const HEAD = 'import { contract, uint256, view } from "@delchain/node";\n';
const BODY = "export const one = contract({ one: view({}, uint256, () => 1n) });\n";
const main = "contracts/One.ts";
const LOOP_MS = 1_500;

function save(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

async function refusal(text: string, timeoutMs?: number): Promise<DescribeRefusal> {
  save(`project/${main}`, text);
  const error = await describeNodeContract({ root, main }, timeoutMs).then(
    () => assert.fail("it was taken"),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof ContractRefused, String(error));
  return error.refusal;
}

test("a contract is its ABI, its own files, and what it loads of packages, wherever npm has put them", async () => {
  save(`project/${main}`, `${HEAD}import { two } from "../lib/two.ts";\n${BODY}void two;\n`);
  save("project/lib/two.ts", 'import { old } from "old"; export const two: bigint = old * 2n;\n');
  save("project/lib/unused.ts", "");
  save("node_modules/old/package.json", '{ "main": "lib/index.js" }');
  save("node_modules/old/lib/index.js", 'exports.old = require("@new/dep").value;');
  save("node_modules/old/lib/unused.js", "");
  save("node_modules/@new/dep/package.json", '{ "exports": "./esm/a.js" }');
  save("node_modules/@new/dep/esm/package.json", '{ "type": "module" }');
  save("node_modules/@new/dep/esm/a.js", "export const value = 1n;");
  const { abi, files } = await describeNodeContract({ root, main });
  assert.deepEqual(abi, [
    {
      type: "function",
      name: "one",
      inputs: [],
      outputs: [{ name: "", type: "uint256" }],
      stateMutability: "view",
    },
  ]);
  assert.deepEqual(Object.keys(files).sort(), [
    "contracts/One.ts",
    "lib/two.ts",
    "node_modules/@new/dep/esm/a.js",
    "node_modules/@new/dep/esm/package.json",
    "node_modules/@new/dep/package.json",
    "node_modules/old/lib/index.js",
    "node_modules/old/package.json",
  ]);
});

test("a package that imports what is Node's is refused by the name of its file", async () => {
  save("node_modules/spy/package.json", '{ "type": "module", "main": "spy.js" }');
  save("node_modules/spy/spy.js", 'import "node:fs";');
  const { message } = await refusal(`${HEAD}import "spy";\n${BODY}`);
  assert.match(
    message,
    /^node:fs is not there for a contract: what lasts is in storage \(imported by node_modules\/spy\/spy\.js\)$/,
  );
});

test("what an image could not hold is refused: links out of the project, and folders of nobody's", async () => {
  save("elsewhere/linked.js", "export {};");
  symlinkSync(join(folder, "elsewhere"), join(root, "contracts/out"));
  const out = await refusal(`${HEAD}import "./out/linked.js";\n${BODY}`);
  assert.match(out.message, /linked\.js lies neither in the project nor in its node_modules/);
  save("node_modules/.own/p/index.js", "");
  symlinkSync(join(folder, "node_modules/.own/p"), join(folder, "node_modules/p"));
  const linked = await refusal(`${HEAD}import "p";\n${BODY}`);
  assert.match(linked.message, /as npm or pnpm lays them out; a contract's image has only those/);
});

test("packages that pnpm has laid out lie in the image as npm lays them out, one version of each", async () => {
  const store = "project/node_modules/.pnpm";
  const link = (from: string, to: string): void => {
    mkdirSync(dirname(join(folder, from)), { recursive: true });
    symlinkSync(join(folder, to), join(folder, from));
  };
  save(`${store}/a@1/node_modules/a/package.json`, '{ "main": "lib/a.js" }');
  save(`${store}/a@1/node_modules/a/lib/a.js`, 'exports.a = require("@s/b").b;');
  for (const version of [1, 2]) {
    const package_ = `${store}/@s+b@${version}/node_modules/@s/b`;
    save(`${package_}/index.js`, `exports.b = ${version}n;`);
  }
  link(`${store}/a@1/node_modules/@s/b`, `${store}/@s+b@1/node_modules/@s/b`);
  link("project/node_modules/a", `${store}/a@1/node_modules/a`);
  save(`project/${main}`, `${HEAD}import { a } from "a";\n${BODY}void a;\n`);
  const { files } = await describeNodeContract({ root, main });
  assert.deepEqual(Object.keys(files).sort(), [
    "contracts/One.ts",
    "node_modules/@s/b/index.js",
    "node_modules/a/lib/a.js",
    "node_modules/a/package.json",
  ]);
  link("project/node_modules/@s/b", `${store}/@s+b@2/node_modules/@s/b`);
  const { message } = await refusal(
    `${HEAD}import { a } from "a";\nimport { b } from "@s/b";\n${BODY}void a, b;\n`,
  );
  assert.match(message, /two versions of @s\/b, and a contract's image has one: .*overrides/);
});

test("what stands outside of functions must end, and finds the realm of a call", async () => {
  const loop = await refusal(`${HEAD}${BODY}for (;;);\n`, LOOP_MS);
  assert.equal(
    loop.message,
    `${main} was not loaded after ${LOOP_MS} ms: what stands outside of functions runs in every call, and must end`,
  );
  const time = await refusal(`${HEAD}${BODY}globalThis["Date"].now();\n`);
  assert.match(time.message, /the present time is not there for a contract/);
  assert.deepEqual([time.place?.file, time.place?.line], [main, 3]);
});

test("a mistake in a declaration is told with its line, and a module without a contract by what it lacks", async () => {
  const bits = await refusal(
    'import { uint } from "@delchain/node";\n\nexport const a = uint(7);\n',
  );
  assert.match(bits.message, /there is no uint7/);
  assert.deepEqual(bits.place, { file: main, line: 3, column: 18 });
  assert.match((await refusal(HEAD)).message, /the module exports no contract/);
  const two = await refusal(`${HEAD}${BODY}export const two = contract({});\n`);
  assert.match(two.message, /exports two contracts/);
  assert.match((await refusal("throw 5;")).message, /contracts\/One\.ts throws 5/);
});
