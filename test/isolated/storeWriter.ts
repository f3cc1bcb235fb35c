import fc from "fast-check";
import { DEVNET } from "../../chain/spec/devnet.ts";
import { openChainStore } from "../../chain/state/store.ts";
import { commitDiff, signedCall } from "../../chain/state/testBlocks.ts";
import { diffOf } from "./storeCheck.ts";

// A process that commits blocks until it is killed, and reports each one that is on disk.
const [path = "", blocks = "Infinity"] = process.argv.slice(2);

const calls = fc.sample(fc.bigInt({ min: 0n, max: 9n }), { seed: 1, numRuns: 4 }).map((nonce) => {
  return signedCall(nonce);
});

try {
  const store = await openChainStore(path, DEVNET);
  report("opened", store.head().number);
  for (let count = 0; count < Number(blocks); count++) {
    const number = store.head().number + 1n;
    await commitDiff(store, diffOf(number), { transactions: calls });
    report("committed", number);
  }
  await store.close();
} catch (error) {
  const { name, message } = error as Error;
  report("failed", `${name}: ${message}`);
}

function report(what: string, value: unknown): void {
  process.stdout.write(`${what} ${value}\n`);
}
