import { once } from "node:events";
import { connect } from "node:net";
import { isMainThread, parentPort, Worker } from "node:worker_threads";
import { fastify } from "fastify";
import { startTestRpc } from "../../chain/rpc/testSupport/startTestRpc.ts";
import { median } from "./cpuTime.ts";

// eth_blockNumber over 32 connections, beside a bare fastify that answers the same text, in the same run.
// `node test/bench/rpc.ts` prints requests a second of wall time and their ratio; the client is a thread beside.

const CONNECTIONS = 32;
const ROUND_MS = 1_000;
const ROUNDS = 7;

const BODY = '{"jsonrpc":"2.0","id":1,"method":"eth_blockNumber","params":[]}';
const REQUEST = `POST / HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${BODY.length}\r\n\r\n${BODY}`;

if (isMainThread) await compare();
else
  parentPort?.on(
    "message",
    (port: number) => void hammer(port).then((rate) => parentPort?.postMessage(rate)),
  );

async function compare(): Promise<void> {
  await using rpc = await startTestRpc();
  const bare = fastify({ logger: false });
  bare.post("/", () => ({ jsonrpc: "2.0", id: 1, result: "0x0" }));
  await bare.listen({ host: "127.0.0.1", port: 0 });
  const address = bare.server.address();
  const barePort = typeof address === "object" && address !== null ? address.port : 0;
  const client = new Worker(new URL(import.meta.url));
  const measure = async (port: number): Promise<number> => {
    client.postMessage(port);
    const [rate] = (await once(client, "message")) as [number];
    return rate;
  };
  // Both are warmed up before either counts.
  await measure(rpc.server.port);
  await measure(barePort);
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    ours.push(await measure(rpc.server.port));
    theirs.push(await measure(barePort));
  }
  report("eth_blockNumber, 32 connections", median(ours), "requests/s");
  report("bare fastify, same answer", median(theirs), "requests/s");
  report("ratio, median of rounds", median(ours.map((rate, i) => rate / (theirs[i] ?? 1))), "x");
  await client.terminate();
  await bare.close();
}

function report(what: string, value: number, unit: string): void {
  process.stdout.write(`${what.padEnd(40)} ${value.toFixed(2).padStart(10)} ${unit}\n`);
}

/** Requests a second, one at a time on each connection. Counts answers by their status line. */
async function hammer(port: number): Promise<number> {
  let answers = 0;
  const sockets = Array.from({ length: CONNECTIONS }, () => {
    const socket = connect(port, "127.0.0.1").setNoDelay(true).setEncoding("latin1");
    socket.on("data", (text) => {
      if (!String(text).startsWith("HTTP/1.1 200")) throw new Error(`unexpected answer: ${text}`);
      answers++;
      socket.write(REQUEST);
    });
    socket.write(REQUEST);
    return socket;
  });
  const started = performance.now();
  await new Promise((resolve) => setTimeout(resolve, ROUND_MS));
  const rate = (answers * 1_000) / (performance.now() - started);
  for (const socket of sockets) socket.destroy();
  return rate;
}
