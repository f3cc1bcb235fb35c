import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { type Contract, expectEvent, expectRevert, startChain } from "@delchain/test";

const DOCUMENT = 0xd0c0n;

const chain = await startChain();
const [alice, bob] = chain.addresses;
let service: Contract<"Service">;
let restore: () => Promise<void>;

before(async () => {
  service = await chain.deploy("Service");
  restore = await chain.snapshot();
});
beforeEach(() => restore());
after(() => chain.close());

test("the first to register a document owns it from then on", async () => {
  const receipt = await service.write.notarize([DOCUMENT]);
  await expectEvent(receipt, service, "Notarized", { document: DOCUMENT, owner: alice });
  assert.equal(await service.read.ownerOf([DOCUMENT]), alice);
  assert.ok((await service.read.timeOf([DOCUMENT])) > 0n);
  await expectRevert(service.write.notarize([DOCUMENT], { from: bob }), "notarized already");
});

test("only its owner gives a document away", async () => {
  await service.write.notarize([DOCUMENT]);
  await expectRevert(service.write.give([DOCUMENT, bob], { from: bob }), "only the owner");
  await service.write.give([DOCUMENT, bob]);
  assert.equal(await service.read.ownerOf([DOCUMENT]), bob);
});

test("only its operator moves the service to another version, and its documents stay", async () => {
  await service.write.notarize([DOCUMENT]);
  const next = await chain.deploy("Service");
  const refused = service.write.upgradeTo([next.address], { from: bob });
  await expectRevert(refused, "only the operator");
  await service.write.upgradeTo([next.address]);
  assert.equal(await service.read.ownerOf([DOCUMENT]), alice);
  await service.write.give([DOCUMENT, bob]);
  assert.equal(await service.read.ownerOf([DOCUMENT]), bob);
});
