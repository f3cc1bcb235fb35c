import assert from "node:assert/strict";
import { test } from "node:test";
import { compileSolidity } from "./compile.ts";
import type { StorageLayout } from "./storageLayout.ts";

const HEAD = "pragma solidity ^0.8.0;";
const SAFE = `${HEAD}
  type Id is uint64;
  struct Part { uint128 amount; Id id; }
  library Other { struct Part { address who; } }
  contract Safe {
    enum Kind { Plain, Rare }
    struct Item { string name; Kind kind; Safe next; Part[2] parts; }
    Id public last;
    mapping(address => Item[]) items;
    Other.Part other;
    uint256[3] three;
  }`;

async function layoutOf(files: Readonly<Record<string, string>>): Promise<StorageLayout> {
  const { contracts } = await compileSolidity({ files });
  const safe = contracts.find(({ name }) => name === "Safe");
  assert.ok(safe);
  return safe.storageLayout;
}

test("a layout has solc's places and types, without the numbers of its syntax tree", async () => {
  const { storage, types } = await layoutOf({ "Safe.sol": SAFE });
  assert.deepEqual(
    storage.map(({ label, slot, offset, type }) => `${slot}+${offset} ${label}: ${type}`),
    [
      "0+0 last: t_userDefinedValueType(Id)",
      "1+0 items: t_mapping(t_address,t_array(t_struct(Item)_storage)dyn_storage)",
      "2+0 other: t_struct(Part)2_storage",
      "3+0 three: t_array(t_uint256)3_storage",
    ],
  );
  assert.deepEqual(
    types["t_struct(Item)_storage"]?.members?.map(({ label, slot, offset, type }) => [
      label,
      slot,
      offset,
      type,
    ]),
    [
      ["name", "0", 0, "t_string_storage"],
      ["kind", "1", 0, "t_enum(Kind)"],
      ["next", "1", 1, "t_contract(Safe)"],
      ["parts", "2", 0, "t_array(t_struct(Part)_storage)2_storage"],
    ],
  );
  // Two structs of one name: each keeps its own members.
  assert.deepEqual(
    ["t_struct(Part)_storage", "t_struct(Part)2_storage"].map((name) =>
      types[name]?.members?.map(({ label }) => label),
    ),
    [["amount", "id"], ["who"]],
  );
});

test("the same source has the same layout, whatever is compiled beside it", async () => {
  const other = `${HEAD} contract Before { struct Item { uint256 x; } Item item; }`;
  assert.deepEqual(
    await layoutOf({ "Safe.sol": SAFE }),
    await layoutOf({ "Before.sol": other, "Safe.sol": SAFE }),
  );
});

test("a contract without variables has an empty layout", async () => {
  assert.deepEqual(await layoutOf({ "Safe.sol": `${HEAD} contract Safe {}` }), {
    storage: [],
    types: {},
  });
});
