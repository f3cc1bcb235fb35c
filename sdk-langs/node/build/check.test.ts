import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { checkContract, TYPESCRIPT_FLAGS } from "./index.ts";
import { usageMistakes } from "./usage.ts";

const root = mkdtempSync(join(tmpdir(), "delchain-check-"));
after(() => rmSync(root, { recursive: true }));
mkdirSync(join(root, "node_modules/@delchain"), { recursive: true });
symlinkSync(
  fileURLToPath(new URL("../", import.meta.url)),
  join(root, "node_modules/@delchain/node"),
);

function save(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

/** What is said of a file, as `line:column message`. */
function usage(text: string): readonly string[] {
  save("contracts/Use.ts", text);
  return usageMistakes(root, "contracts/Use.ts").map(
    ({ line, column, message }) => `${line}:${column} ${message}`,
  );
}

const TIME = "the time is the block's: host.blockTimestamp()";

test("what would differ between hosts is told with its place and what to use instead", () => {
  const missing = "is not there for a contract";
  const once = "a call runs to its end at once";
  const cases: readonly (readonly [string, string])[] = [
    ["const t: number = Date.now();", `1:19 Date.now ${missing}: ${TIME}`],
    ['Date["now"]();', `1:1 Date.now ${missing}: ${TIME}`],
    ["new Date();", `1:1 new Date() ${missing}: ${TIME}`],
    ["Date();", `1:1 Date() ${missing}: ${TIME}`],
    ["\n  performance.now();", `2:3 performance ${missing}: ${TIME}`],
    ["setTimeout(f, 1);", `1:1 setTimeout ${missing}: ${once}`],
    ["globalThis.setTimeout(f, 1);", `1:1 globalThis.setTimeout ${missing}: ${once}`],
    ["fetch('x');", `1:1 fetch ${missing}: a contract reaches the chain and nothing else`],
    ["new Worker('x');", `1:5 Worker ${missing}: a call is one thread`],
    [
      "Math.random();",
      `1:1 Math.random ${missing}: random numbers come from the call's seed: host.seed()`,
    ],
    [
      "process.env.HOME;",
      `1:1 process ${missing}: a contract has no process; what it needs to know is in its call`,
    ],
    [
      'export * from "node:worker_threads";',
      `1:1 node:worker_threads ${missing}: a call is one thread`,
    ],
    ['await import("fs");', `1:7 fs ${missing}: what lasts is in storage`],
  ];
  for (const [text, expected] of cases) assert.deepEqual(usage(text), [expected]);
  for (const call of ["randomUUID", "getRandomValues"]) {
    assert.match(usage(`crypto.${call}();`).join(), /1:1 crypto is not there.*host\.seed\(\)$/);
  }
});

test("what is the contract's own, or a type alone, is nobody's business", () => {
  const text = `import type { Stats } from "node:fs";
    import { fetch, process as other } from "own";
    interface Has { crypto: Stats; Date: number }
    function f(performance: number, { Worker }: { Worker: number }, has: Has) {
      const setTimeout = performance + Worker;
      return fetch(other, setTimeout, has.crypto, has.Date, new Date(5), Math.max(1, 2));
    }
    const text = "Date.now() and process.env"; // Math.random()`;
  assert.deepEqual(usage(text), []);
});

test("relative imports are followed, each once", () => {
  save("lib/a.ts", 'import "./b.ts"; import "../contracts/Main.ts"; Date.now();');
  save("lib/b.ts", 'import "./a.ts"; import "far";\nimport "./missing"; Math.random();');
  save("contracts/Main.ts", 'import "../lib/a.ts";');
  assert.deepEqual(
    usageMistakes(root, "contracts/Main.ts").map(({ file, line, message }) =>
      [`${file}:${line}`, message.split(":")[0]].join(" "),
    ),
    [
      "lib/a.ts:1 Date.now is not there for a contract",
      "lib/b.ts:2 Math.random is not there for a contract",
      "lib/b.ts:2 there is no file lib/missing; an import names it with its ending",
    ],
  );
});

test("a contract is held to its types, with the SDK's inferred and no browser and no Node around it", async () => {
  save(
    "contracts/Types.ts",
    `import { address, contract, view, uint256 } from "@delchain/node";
export const types = contract({
  right: view({ who: address }, [uint256, address], ({ who }) => [1n, who]),
  wrong: view({ who: address }, uint256, ({ who }) => who),
  alien: view({}, uint256, () => BigInt(document.title + Date.now())),
});
enum Colour { Red }
`,
  );
  const { mistakes: found } = await checkContract(root, "contracts/Types.ts");
  assert.deepEqual(
    found.map(({ file, line }) => `${file}:${line}`),
    [4, 5, 7].map((line) => `contracts/Types.ts:${line}`),
  );
  const [types, place, colour] = found.toSorted((a, b) => a.line - b.line);
  assert.match(types?.message ?? "", /not assignable to type 'bigint'/);
  // An enum is no TypeScript that can be stripped, so its file is the type checker's alone.
  assert.match(place?.message ?? "", /Cannot find name 'document'/);
  assert.match(colour?.message ?? "", /not allowed when 'erasableSyntaxOnly' is enabled/);
});

test("all that is read for types is told, so that whoever builds again has it", async () => {
  save(
    "contracts/Read.ts",
    'import { old } from "old"; import type { T } from "../lib/t.ts"; export const a: T = old;',
  );
  save("lib/t.ts", "export type T = number;");
  save("node_modules/old/package.json", '{ "main": "lib/index.js" }');
  save("node_modules/old/lib/index.js", "");
  save("node_modules/old/lib/index.d.ts", "export declare const old: number;");
  assert.deepEqual(await checkContract(root, "contracts/Read.ts"), {
    mistakes: [],
    files: ["old/lib/index.d.ts", "old/package.json", "lib/t.ts", "contracts/Read.ts"],
  });
});

test("an editor of a new project is told what the build is", () => {
  const file = new URL(
    "../../../cli/templates/shared/typescript/contracts/tsconfig.json",
    import.meta.url,
  );
  const { compilerOptions } = JSON.parse(readFileSync(file, "utf8")) as {
    readonly compilerOptions: Readonly<Record<string, unknown>>;
  };
  const flags = Object.entries(compilerOptions).flatMap(([name, value]) =>
    value === true ? [`--${name}`] : [`--${name}`, ...[value].flat().map(String)],
  );
  const told = TYPESCRIPT_FLAGS.filter(
    (flag) => !["--pretty", "false", "--listFiles"].includes(flag),
  );
  assert.deepEqual(flags.toSorted(), told.toSorted());
});
