import assert from "node:assert/strict";
import { test } from "node:test";
import { compileSolidity } from "@delchain/solidity";
import type { BuildOutput } from "@delchain/toolchain";
import { layoutOf, layoutProblems } from "./storageLayout.ts";

const TYPES = `
  struct Point { uint128 x; uint128 y; }
  struct Node { Point at; Node[] children; mapping(uint256 => Node) others; }
`;

async function layout(variables: string): Promise<readonly string[]> {
  const text = `contract C { ${TYPES} ${variables} }`;
  const { contracts } = await compileSolidity({ files: { "C.sol": text } });
  const storageLayout = contracts[0]?.storageLayout;
  return layoutOf({ metadata: { storageLayout } } as unknown as BuildOutput) ?? [];
}

const BEFORE = "uint64 a; uint64 b; mapping(address => Point) points; Node[3] nodes; bytes name;";

const CASES: readonly (readonly [string, string, readonly RegExp[]])[] = [
  ["the same", BEFORE, []],
  ["another name", BEFORE.replace("uint64 b", "uint64 renamed"), []],
  ["one more at the end", `${BEFORE} uint256 more;`, []],
  [
    "one more in a slot's free bytes",
    BEFORE.replace("uint64 b;", "uint64 b; uint64 c;"),
    [/c is uint64, and points was mapping/, /points is mapping/, /nodes is/],
  ],
  [
    "another order",
    BEFORE.replace("uint64 a; uint64 b", "uint128 b; uint64 a"),
    [/b is uint128, and a was uint64/, /b lies at 0\+16, and lay at 0\+8/],
  ],
  ["one less", BEFORE.replace(" bytes name;", ""), [/name \(bytes\) is gone/]],
  [
    "another length",
    BEFORE.replace("Node[3]", "Node[4]"),
    [/nodes is .*\[4\], and nodes was .*\[3\]/, /name lies at/],
  ],
  ["another key", BEFORE.replace("address =>", "uint160 =>"), [/points is mapping\(uint160 => /]],
];

for (const [what, variables, problems] of CASES) {
  test(`a new layout with ${what}: ${problems.length} problems`, async () => {
    const found = layoutProblems(await layout(BEFORE), await layout(variables));
    for (const problem of problems)
      assert(
        found.some((text) => problem.test(text)),
        `${problem} in ${found}`,
      );
    if (problems.length === 0) assert.deepEqual(found, []);
  });
}

test("a changed member of a struct changes what is in mappings and arrays of it", async () => {
  const before = await layout(BEFORE);
  const text = `contract C { ${TYPES.replace("uint128 y", "uint64 y")} ${BEFORE} }`;
  const { contracts } = await compileSolidity({ files: { "C.sol": text } });
  const metadata = { storageLayout: contracts[0]?.storageLayout };
  const after = layoutOf({ metadata } as unknown as BuildOutput) ?? [];
  const found = layoutProblems(before, after);
  assert.match(
    found.join("\n"),
    /points is mapping\(address => struct C.Point\{uint128 x; uint64 y\}\)/,
  );
  assert.match(found.join("\n"), /nodes is /);
});
