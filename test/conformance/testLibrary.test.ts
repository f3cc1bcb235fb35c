import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import {
  type ContractHandle,
  expectEvent,
  expectRevert,
  startChain,
  type TestChain,
} from "@delchain/test";
import { buildProject, loadProject } from "@delchain/toolchain";
import { pad, parseEther } from "viem";

// What contract tests stand on: a check of theirs that cannot fail would hide every mistake.

const root = mkdtempSync(join(tmpdir(), "delchain-testlib-"));
let chain: TestChain;
let box: ContractHandle;

const BOX = `// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.0;
import {console} from "@delchain/solidity/console.sol";
contract Box {
  uint256 public value;
  event Kept(address indexed who, uint256 value);
  error TooLarge(uint256 value, uint256 limit);
  constructor(uint256 first) payable { require(first != 13, "unlucky"); value = first; }
  function keep(uint256 next) external payable {
    if (next > 100) revert TooLarge(next, 100);
    require(next != 13, "unlucky");
    value = next;
    console.log("kept", next);
    emit Kept(msg.sender, next);
  }
}`;

before(async () => {
  mkdirSync(join(root, "contracts"));
  writeFileSync(join(root, "contracts/Box.sol"), BOX);
  await buildProject(loadProject(root));
  chain = await startChain({ root });
  box = await chain.deploy("Box", [7n]);
});
after(async () => {
  await chain.close();
  rmSync(root, { recursive: true });
});

const keep = (value: bigint, options = {}) => box.write.keep?.([value], options) as Promise<never>;
const value = () => box.read.value?.([]) as Promise<bigint>;

test("a revert is told by its reason, or by its error and arguments", async () => {
  await expectRevert(keep(13n), "unlucky");
  await expectRevert(keep(101n), "TooLarge", [101n, 100n]);
  await expectRevert(keep(101n));
  await expectRevert(chain.deploy("Box", [13n]), "unlucky");
});

test("a call that succeeds, another reason or other arguments fail the test", async () => {
  await assert.rejects(expectRevert(keep(5n)), /expected a revert, and the call succeeded/);
  await assert.rejects(expectRevert(keep(13n), "lucky"), /expected the revert lucky, got unlucky/);
  await assert.rejects(expectRevert(keep(101n), "TooLarge", [101n, 99n]), /strictly deep-equal/);
});

test("a mistake in the test itself is no revert", async () => {
  const unknown = box.write.kepe?.([1n]) as Promise<never>;
  await assert.rejects(expectRevert(unknown), /kepe/);
  await assert.rejects(expectRevert(box.write.keep?.(["x"]) as Promise<never>), /x/);
});

test("an event is found by some of its values, and what is missing is told with what there was", async () => {
  const receipt = await keep(6n);
  await expectEvent(receipt, box, "Kept", { value: 6n });
  await assert.rejects(
    expectEvent(receipt, box, "Kept", { value: 7n }),
    /Box logged no Kept with {"value":"7n"}; it logged .*"value":"6n"/,
  );
  await assert.rejects(expectEvent(receipt, box, "Lost"), /Box logged no Lost/);
});

test("value, sender and storage are as the test says", async () => {
  const whale = "0x00000000000000000000000000000000000ba1e0";
  await chain.setBalance(whale, parseEther("5"));
  await chain.impersonate(whale);
  const receipt = await keep(9n, { from: whale, value: parseEther("2") });
  await expectEvent(receipt, box, "Kept", { value: 9n });
  assert.equal(await chain.client.getBalance({ address: box.address }), parseEther("2"));
  await chain.setStorage(box.address, 0n, pad("0x2a"));
  assert.equal(await value(), 42n);
});

test("a snapshot is come back to as often as wanted", async () => {
  await keep(1n);
  const restore = await chain.snapshot();
  for (const other of [2n, 3n]) {
    await keep(other);
    await restore();
    assert.equal(await value(), 1n);
  }
});

test("time goes where the test sends it", async () => {
  const before = await chain.timestamp();
  await chain.increaseTime(3_600);
  const later = await chain.timestamp();
  assert.ok(later - before >= 3_600n);
  await chain.setNextTimestamp(later + 100n);
  await chain.mine();
  assert.equal(await chain.timestamp(), later + 100n);
});

test("a contract that is not built says how to build it", async () => {
  await assert.rejects(chain.deploy("Nothing"), /there is no .*Nothing.json \(built are Box\)/);
});

test("what contracts print is shown once, with the contract's name", async (t) => {
  const write = t.mock.method(process.stdout, "write", () => true);
  await keep(5n);
  await keep(6n);
  const shown = write.mock.calls.map(({ arguments: [text] }) => text);
  write.mock.restore();
  assert.deepEqual(
    shown.filter((text) => String(text).startsWith("Box")),
    ["Box: kept 5\n", "Box: kept 6\n"],
  );
});
