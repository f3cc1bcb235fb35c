import { DEVNET, startNode } from "../../chain/index.ts";
import { DEFAULT_STORE } from "../../images/build.ts";

// A node in a process of its own, for tests that kill it and for benches. Its argument is the data folder.
// Prints its address as one line of JSON.
const [dataFolder] = process.argv.slice(2);

const node = await startNode({
  spec: DEVNET,
  host: "127.0.0.1",
  port: 0,
  dataFolder,
  imageFolder: DEFAULT_STORE,
  intervalMs: undefined,
  logLevel: "error",
});
process.stdout.write(`${JSON.stringify({ url: node.url, head: String(node.head().number) })}\n`);
