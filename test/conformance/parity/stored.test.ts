import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { compileAssemblyScript } from "@delchain/assemblyscript";
import { CODE_KINDS, encodeEnvelope, toHex } from "@delchain/runtime";
import {
  type Abi,
  decodeErrorResult,
  encodeFunctionData,
  type Hex,
  parseAbi,
  toFunctionSelector,
} from "viem";
import { Ledger } from "../ledger.ts";
import { compileSolidity } from "../solidity.ts";
import { ALICE, BOB } from "../tokenScenario.ts";
import { assemblyScriptMachine, type Machine, nodeMachine, solidityMachine } from "./machines.ts";

// What the SDKs of AssemblyScript and TypeScript have and the club does not use: structs in storage, in mappings and
// lists; and what AssemblyScript says when a contract goes wrong.

const SOLIDITY = `// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;
contract Shelf {
  struct Book { uint64 pages; bool isLent; address owner; string title; uint8[] marks; }
  struct Point { int32 x; int32 y; }
  bool flag;
  Book first;
  uint8 after_;
  mapping(address => Book) books;
  Book[] list;
  Point[] points;
  uint256 transient unseen;
  uint16 last;
  function put(uint64 pages, string calldata title, uint8[] calldata marks) external {
    first.pages = pages; first.isLent = true; first.owner = msg.sender; first.title = title;
    books[msg.sender].title = title; books[msg.sender].pages = pages;
    list.push();
    list[list.length - 1].title = title;
    for (uint256 i = 0; i < marks.length; i++) {
      first.marks.push(marks[i]);
      list[list.length - 1].marks.push(marks[i]);
    }
    after_ = 7; last = 9; flag = true;
  }
  function point(int32 x, int32 y) external { points.push(Point(x, y)); }
  function drop() external { list.pop(); points.pop(); }
  function ask(uint256 index) external view returns (int32 x, int32 y) { return (points[index].x, points[index].y); }
}`;

const SDK = "@delchain/assemblyscript/assembly";
const ASSEMBLYSCRIPT = `import { Address, Cell, List, Mapping, message, TransientCell, u256 } from "${SDK}";
@stored class Book {
  pages: Cell<u64>; isLent: Cell<bool>; owner: Cell<Address>; title: Cell<string>; marks: List<Cell<u8>>;
}
@stored class Point { x: Cell<i32>; y: Cell<i32>; }
@results class Pair { constructor(readonly x: i32, readonly y: i32) {} }
@contract export class Shelf {
  flag: Cell<bool>;
  first: Book;
  after_: Cell<u8>;
  books: Mapping<Address, Book>;
  list: List<Book>;
  points: List<Point>;
  unseen: TransientCell<u256>;
  last: Cell<u16>;
  @external put(pages: u64, title: string, marks: Array<u8>): void {
    this.first.pages.value = pages; this.first.isLent.value = true;
    this.first.owner.value = message.sender(); this.first.title.value = title;
    const own = this.books.at(message.sender());
    own.title.value = title; own.pages.value = pages;
    const book = this.list.push();
    book.title.value = title;
    for (let i = 0; i < marks.length; i++) {
      this.first.marks.push().value = marks[i];
      book.marks.push().value = marks[i];
    }
    this.after_.value = 7; this.last.value = 9; this.flag.value = true;
  }
  @external point(x: i32, y: i32): void { const at = this.points.push(); at.x.value = x; at.y.value = y; }
  @external drop(): void { this.list.pop(); this.points.pop(); }
  @view ask(index: u256): Pair { const at = this.points.at(index.toU64()); return new Pair(at.x.value, at.y.value); }
}`;

const TYPESCRIPT = `import {
  address, array, bool, contract, external, int32, mapping, sender, storage, string, struct, uint8, uint16, uint64,
  uint256, view,
} from "@delchain/node";
const book = struct({ pages: uint64, isLent: bool, owner: address, title: string, marks: array(uint8) });
const { flag, first, after, books, list, points, last } = storage({
  flag: bool,
  first: book,
  after: uint8,
  books: mapping(address, book),
  list: array(book),
  points: array(struct({ x: int32, y: int32 })),
  last: uint16,
});
const blank = { pages: 0n, isLent: false, owner: "0x" + "00".repeat(20), marks: [] } as const;
export const shelf = contract({
  put: external({ pages: uint64, title: string, marks: array(uint8) }, ({ pages, title, marks }) => {
    first.set({ pages, isLent: true, owner: sender(), title, marks: [...first.fields.marks.get(), ...marks] });
    const own = books.at(sender()).fields;
    own.title.set(title);
    own.pages.set(pages);
    list.push({ ...blank, title, marks } as never);
    after.set(7n);
    last.set(9n);
    flag.set(true);
  }),
  point: external({ x: int32, y: int32 }, (at) => points.push(at)),
  drop: external({}, () => { list.pop(); points.pop(); }),
  ask: view({ index: uint256 }, [int32, int32], ({ index }) => {
    const { x, y } = points.at(index).get();
    return [x, y];
  }),
});
`;

const abi: Abi = compileSolidity({ "Shelf.sol": SOLIDITY }, "Shelf.sol", "Shelf").abi;
const LONG = "a title that is longer than thirty-two bytes";

describe("structs in storage in AssemblyScript and TypeScript", () => {
  let machines: readonly Machine[] = [];

  before(async () => {
    machines = [
      solidityMachine(SOLIDITY, "Shelf"),
      await assemblyScriptMachine(ASSEMBLYSCRIPT),
      await nodeMachine(TYPESCRIPT),
    ];
  });
  after(async () => {
    for (const machine of machines) await machine.stop();
  });

  test("lie where Solidity puts them, alone, in mappings and in lists, and go when they are popped", async () => {
    const steps: readonly (readonly [string, readonly unknown[]])[] = [
      ["put", [2n ** 64n - 1n, LONG, [1, 2, 255]]],
      ["put", [5n, "short", [9]]],
      ["point", [-1, 2 ** 31 - 1]],
      ["point", [-(2 ** 31), 7]],
      ["ask", [0n]],
      ["ask", [2n]],
      ["drop", []],
      ["put", [6n, LONG, []]],
      ["drop", []],
      ["drop", []],
      ["drop", []],
    ];
    const [solidity, ...others] = machines as readonly [Machine, ...Machine[]];
    for (const [functionName, args] of steps) {
      const input = encodeFunctionData({ abi, functionName, args: [...args] });
      const expected = await solidity.call({ input });
      for (const machine of others) {
        const what = `${machine.language}: ${functionName}`;
        assert.deepEqual(await machine.call({ input }), expected, what);
        assert.deepEqual(machine.storage(), solidity.storage(), what);
      }
    }
    assert.ok(solidity.storage().length > 5);
  });
});

describe("a contract in AssemblyScript that goes wrong", () => {
  const source = `import { Cell, console, slotAt, u64Of } from "./more";
@contract export class Wrong {
  count: Cell<u64>;
  @external fail(): void {
    console.log("here");
    console.logNumber(-7);
    assert(this.count.value == 1, "not one");
  }
  @view sneak(): void { const hidden = this.count; hidden.value = 2; }
}`;
  const more = `export { Cell, console, slotAt } from "${SDK}";\nexport function u64Of(): u64 { return 0; }`;
  const printed: string[] = [];
  let ledger: Ledger;
  let reasonOf: (selector: string) => unknown;

  before(async () => {
    const files = { "wrong.ts": source, "more.ts": more };
    const { module } = await compileAssemblyScript({ main: "wrong.ts", files });
    const initCode = toHex(encodeEnvelope(CODE_KINDS.wasm, module));
    ledger = new Ledger([ALICE, BOB], (line) => printed.push(line));
    const address = ledger.deploy(initCode);
    reasonOf = (signature) => {
      const outcome = ledger.send(ALICE, address, toFunctionSelector(signature) as Hex);
      assert.equal(outcome.status, "revert");
      const data = outcome.status === "revert" ? toHex(outcome.output) : "0x";
      return decodeErrorResult({ abi: parseAbi(["error Error(string)"]), data }).args?.[0];
    };
  });

  test("says file and line of what it asserted, and prints on a devnet", () => {
    assert.equal(reasonOf("fail()"), "not one (wrong.ts:7:5)");
    assert.deepEqual(printed, ["here", "-7"]);
  });

  test("cannot write in a view out of the compiler's sight", () => {
    assert.equal(reasonOf("sneak()"), "a view method writes");
  });

  test("is refused with its console where no devnet is", async () => {
    const files = { "wrong.ts": source, "more.ts": more };
    const { module } = await compileAssemblyScript({ main: "wrong.ts", files });
    const outcome = new Ledger([ALICE]).send(
      ALICE,
      undefined,
      toHex(encodeEnvelope(CODE_KINDS.wasm, module)),
    );
    const data = outcome.status === "revert" ? toHex(outcome.output) : "0x";
    const { args } = decodeErrorResult({ abi: parseAbi(["error Error(string)"]), data });
    assert.match(String(args?.[0]), /console/);
  });
});
