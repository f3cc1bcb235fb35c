import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import {
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { DEVNET } from "../../chain/spec/devnet.ts";
import { openChainStore } from "../../chain/state/store.ts";
import { Unavailable } from "../../runtime/index.ts";
import { checkStore } from "./storeCheck.ts";

const WRITER = join(import.meta.dirname, "storeWriter.ts");
const KILLS = 30;
/** Of block writing before the kill, drawn evenly: from within the opening to some hundred blocks. */
const KILL_AFTER_MS = 400;
/** Cuts into the last block's batch, and into the one before it. */
const CUTS = 40;
/** In KiB (of `ulimit -f`): a few blocks' worth. */
const FILE_LIMIT_KIB = 256;

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "delchain-crash-"));
});

afterEach(() => rmSync(folder, { recursive: true }));

test("a store that is killed at any moment ends with a whole block, at least the last reported one", async () => {
  const heads: bigint[] = [];
  for (let kill = 0; kill < KILLS; kill++) {
    const writer = startWriter(folder);
    await writer.said(/opened/);
    await sleep(Math.random() * KILL_AFTER_MS);
    writer.child.kill("SIGKILL");
    await once(writer.child, "close");
    const reported = writer.lastNumber();
    const head = await checkStore(folder);
    assert.ok(head >= reported, `head ${head} after ${reported} was reported`);
    assert.ok(head <= reported + 1n, `head ${head}, one block at most after ${reported}`);
    heads.push(head);
  }
  assert.ok((heads.at(-1) as bigint) > BigInt(KILLS), `blocks were written: ${heads.join(" ")}`);
});

test("a log that was torn anywhere in its last blocks opens at a whole block", async () => {
  const writer = startWriter(folder, 6);
  await once(writer.child, "close");
  assert.equal(writer.lastNumber(), 6n);
  const log = logOf(folder);
  const { length } = readFileSync(join(folder, log));
  const heads = new Set<bigint>();
  for (let cut = 0; cut < CUTS; cut++) {
    const torn = mkdtempSync(join(tmpdir(), "delchain-torn-"));
    cpSync(folder, torn, { recursive: true });
    truncateSync(join(torn, log), length - 1 - Math.floor((cut * length) / 2 / CUTS));
    heads.add(await checkStore(torn));
    rmSync(torn, { recursive: true });
  }
  assert.ok(heads.has(5n) && heads.has(4n) && !heads.has(6n), `heads ${[...heads].join(" ")}`);
});

test("a log that was damaged anywhere opens at a whole block or not at all", async () => {
  const writer = startWriter(folder, 6);
  await once(writer.child, "close");
  const log = logOf(folder);
  const bytes = readFileSync(join(folder, log));
  const outcomes = new Set<string>();
  for (let flip = 0; flip < CUTS; flip++) {
    const damaged = mkdtempSync(join(tmpdir(), "delchain-damaged-"));
    cpSync(folder, damaged, { recursive: true });
    const at = Math.floor((flip * bytes.length) / CUTS);
    writeFileSync(join(damaged, log), bytes.with(at, (bytes[at] as number) ^ 0xff));
    try {
      outcomes.add((await checkStore(damaged)) < 6n ? "earlier block" : "last block");
    } catch (error) {
      assert.ok(error instanceof Unavailable, `${error}`);
      assert.match(error.message, /damaged/);
      outcomes.add("refused");
    }
    rmSync(damaged, { recursive: true });
  }
  assert.ok(outcomes.has("refused"), [...outcomes].join(", "));
});

test("a disk that is full stops the store with Unavailable, and loses no committed block", async () => {
  const writer = startWriter(folder, 1_000, FILE_LIMIT_KIB);
  await once(writer.child, "close");
  assert.match(writer.output(), /failed Unavailable: the store in .* could not write/);
  const head = await checkStore(folder);
  const reported = writer.lastNumber();
  assert.ok(reported > 0n && head >= reported && head <= reported + 1n, `${head} ${reported}`);
});

test("a second process is refused, and told which one has the store", async () => {
  const writer = startWriter(folder);
  await writer.said(/committed/);
  await assert.rejects(openChainStore(folder, DEVNET), (error) => {
    assert.ok(error instanceof Unavailable);
    assert.match(error.message, new RegExp(`is open in process ${writer.child.pid};`));
    return true;
  });
  writer.child.kill("SIGKILL");
  await once(writer.child, "close");
  await checkStore(folder);
});

type Writer = {
  readonly child: ChildProcess;
  readonly output: () => string;
  readonly said: (what: RegExp) => Promise<void>;
  /** The last block that it reported, opened with or committed. */
  readonly lastNumber: () => bigint;
};

function startWriter(
  path: string,
  blocks = Number.POSITIVE_INFINITY,
  fileLimitKib?: number,
): Writer {
  const command = [process.execPath, WRITER, path, String(blocks)];
  // Bash counts in KiB. Node ignores SIGXFSZ, so that a write beyond the limit fails as on a full disk.
  const shell = ["bash", "-c", `ulimit -f ${fileLimitKib}; exec "$@"`, "bash", ...command];
  const [file = "", ...args] = fileLimitKib === undefined ? command : shell;
  const child = spawn(file, args, { stdio: ["ignore", "pipe", "inherit"] });
  let text = "";
  child.stdout?.on("data", (data: Buffer) => {
    text += data.toString();
  });
  return {
    child,
    output: () => text,
    said: async (what) => {
      while (!what.test(text)) {
        assert.equal(child.exitCode, null, `the writer ended: ${text}`);
        await sleep(1);
      }
    },
    lastNumber: () =>
      BigInt(/(?:opened|committed) (\d+)\n(?!.*(?:opened|committed) \d+\n)/s.exec(text)?.[1] ?? -1),
  };
}

function logOf(path: string): string {
  return readdirSync(path).find((name) => name.endsWith(".log")) as string;
}
