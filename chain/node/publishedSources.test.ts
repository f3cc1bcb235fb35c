import assert from "node:assert/strict";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { InvalidInput, toAddress, toHash, Unavailable } from "@delchain/runtime";
import { privateKeyToAccount } from "viem/accounts";
import type { PublishedSource } from "../rpc/backend.ts";
import { DEVNET } from "../spec/devnet.ts";
import {
  checkSourceSize,
  PublishedSources,
  SOURCE_BYTES_MAX,
  sourceStatement,
} from "./publishedSources.ts";

const root = await mkdtemp(join(tmpdir(), "delchain-sources-"));
after(() => rm(root, { recursive: true }));
let folders = 0;
const newFolder = () => join(root, `${folders++}`);

const DEPLOYER = privateKeyToAccount(`0x${"11".repeat(32)}`);
const STRANGER = privateKeyToAccount(`0x${"22".repeat(32)}`);
const CONTRACT = toAddress(`0x${"c0".repeat(20)}`);
const OTHER = toAddress(`0x${"c1".repeat(20)}`);
const { chainId } = DEVNET;

async function signed(
  source: string,
  { by = DEPLOYER, address = CONTRACT, chain = chainId } = {},
): Promise<PublishedSource> {
  const message = sourceStatement(chain, address, source);
  return {
    address,
    transactionHash: toHash(`0x${"ab".repeat(32)}`),
    publisher: toAddress(DEPLOYER.address),
    source,
    signature: await by.signMessage({ message }),
  };
}

test("what a deployer publishes is there, also for a node that starts later, and the newest counts", async () => {
  const folder = newFolder();
  const sources = await PublishedSources.open(folder, chainId);
  assert.equal(await sources.of(CONTRACT), undefined);
  await sources.publish(await signed("one"));
  const two = await signed('two, with "quotes" and é');
  await sources.publish(two);
  assert.deepEqual(await sources.of(CONTRACT), two);
  // The rest of a write that a crash cut off is no source.
  await writeFile(join(folder, `${OTHER}.json.new`), "{");
  const later = await PublishedSources.open(folder, chainId);
  assert.deepEqual(await later.of(CONTRACT), two);
  assert.equal(await later.of(OTHER), undefined);
  assert.deepEqual(await readdir(folder), [`${CONTRACT}.json`]);
});

test("nobody else publishes: not a stranger, nor what was signed for another contract, chain or text", async () => {
  const sources = await PublishedSources.open(newFolder(), chainId);
  const good = await signed("good");
  const refused: readonly PublishedSource[] = [
    await signed("good", { by: STRANGER }),
    { ...(await signed("good", { address: OTHER })), address: CONTRACT },
    await signed("good", { chain: chainId + 1n }),
    { ...good, source: "evil" },
    { ...good, signature: `${good.signature.slice(0, -2)}1d` as typeof good.signature },
    { ...good, signature: "0x" },
    { ...good, signature: `0x${"00".repeat(64)}1b` },
  ];
  for (const one of refused) {
    await assert.rejects(
      sources.publish(one),
      (error: Error) => error instanceof InvalidInput && error.facts.code === "NOT_THE_DEPLOYER",
    );
  }
  assert.equal(await sources.of(CONTRACT), undefined);
});

test("a source has a limit, and so have all of a node's, which a replaced one frees", async () => {
  checkSourceSize("a".repeat(SOURCE_BYTES_MAX));
  assert.throws(
    () => checkSourceSize("é".repeat(SOURCE_BYTES_MAX / 2 + 1)),
    /the source has 1048578 bytes and may have 1048576/,
  );
  const folder = newFolder();
  const sources = await PublishedSources.open(folder, chainId, 3_000);
  await sources.publish(await signed("a".repeat(2_000)));
  const second = await signed("b".repeat(1_000), { address: OTHER });
  const full = /this node keeps 3000 bytes of sources/;
  await assert.rejects(sources.publish(second), full);
  const reopened = await PublishedSources.open(folder, chainId, 3_000);
  await assert.rejects(reopened.publish(second), full);
  await reopened.publish(await signed("a"));
  await reopened.publish(second);
  assert.deepEqual(await reopened.of(OTHER), second);
});

test("a folder that cannot be used is the machine's trouble", async () => {
  const file = join(root, "file");
  await writeFile(file, "");
  await assert.rejects(
    PublishedSources.open(join(file, "sources"), chainId),
    (error: Error) => error instanceof Unavailable && error.message.includes(file),
  );
});
