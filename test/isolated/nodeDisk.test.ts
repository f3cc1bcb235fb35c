import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { Hex } from "viem";
import { clientsOf } from "../e2e/support/devnet.ts";
import { startCramped, startProcess } from "./ownNode.ts";

const START = join(import.meta.dirname, "../../start.js");
/** 1 MiB, in units of 512 bytes: some twenty of the blocks below, each with its code twice. */
const FILE_BLOCKS_MAX = 2_048;
/** Returns the rest of itself as the new contract's code. */
const INIT_CODE = "0x600b380380600b5f395ff3";
const CODE_BYTES = 24_000;
const TRIES_MAX = 60;

test("a node whose disk takes no more stops with the reason, and a later start has all that was acknowledged", {
  timeout: 120_000,
}, async () => {
  const data = mkdtempSync(join(tmpdir(), "delchain-disk-"));
  const args = ["delchain", "devnet", "--data", data, "--port", "0", "--json"];
  try {
    const cramped = startCramped(FILE_BLOCKS_MAX, START, ...args);
    const { wallet } = clientsOf(await cramped.url);
    const acknowledged: Hex[] = [];
    for (let nonce = 0; nonce < TRIES_MAX; nonce++) {
      // A code of its own: the store keeps one that it has only once.
      const code = (nonce + 1).toString(16).padStart(2 * CODE_BYTES, "0");
      const request = { data: `${INIT_CODE}${code}`, gas: 8_000_000n, nonce } as const;
      const hash = await wallet(0)
        .sendTransaction({ ...request, maxFeePerGas: 10n ** 10n, maxPriorityFeePerGas: 1n })
        .catch(() => undefined);
      if (hash === undefined) break;
      acknowledged.push(hash);
    }
    const { code } = await cramped.ended;
    assert.equal(code, 69, cramped.errors());
    assert.match(
      cramped.errors(),
      /^error: the store in .* could not write: .*start the node again$/m,
    );
    assert(acknowledged.length > 3, `${acknowledged.length} were acknowledged`);

    const again = startProcess(START, ...args);
    const { receipt } = clientsOf(await again.url);
    for (const hash of acknowledged) assert.equal((await receipt(hash)).status, "success");
    again.child.kill("SIGTERM");
    assert.equal((await again.ended).code, 0, again.errors());
  } finally {
    rmSync(data, { recursive: true, force: true });
  }
});
