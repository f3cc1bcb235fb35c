import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { Unavailable } from "../../types/errors.ts";
import { toHash } from "../../types/hash.ts";
import { installKit, supervised } from "./kit.ts";

const CALL = { exchange: 3n, timestamp: 1_700_000_000n, seed: toHash(`0x${"5e".repeat(32)}`) };

test("the kit is a program and a record of zeros, which a call writes from end to end", async () => {
  const directory = await mkdtemp(join(tmpdir(), "dc-"));
  try {
    const record = await installKit(directory);
    const kept = (): Promise<string> => readFile(join(directory, "call"), "hex");
    assert.equal((await stat(join(directory, "detinit"))).mode & 0o777, 0o755);
    assert.equal(await kept(), "00".repeat(56));
    record.write(CALL);
    const exchange = "0000000000000003";
    assert.equal(await kept(), `${exchange}000000006553f100${"5e".repeat(32)}${exchange}`);
    record.close();
    // Its number may be another file's by now.
    assert.throws(() => record.write(CALL), Unavailable);
    record.close();
  } finally {
    await rm(directory, { recursive: true });
  }
});

test("a kit that cannot be put somewhere is the machine's trouble", async () => {
  await assert.rejects(
    installKit(join(tmpdir(), "no-such-folder")),
    /^Unavailable: the determinism kit: ENOENT/,
  );
});

test("detinit is told its record, what to give otherwise, and the program", () => {
  assert.deepEqual(supervised(["/contract", "x"], "/delchain", ["time", "pid"]), [
    "/delchain/detinit",
    "/delchain/call",
    "time,pid,",
    "/contract",
    "x",
  ]);
  assert.equal(supervised(["/contract"], "/delchain")[2], "");
});
