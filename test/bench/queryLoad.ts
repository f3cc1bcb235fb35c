import { connect, type Socket } from "node:net";
import { parentPort, Worker, workerData } from "node:worker_threads";

/**
 * Asks JSON-RPC requests over keep-alive connections, one under way on each, from a thread of its own: a general
 * client's work in the node's thread would be measured with it.
 */
export type QueryLoad = {
  readonly port: number;
  readonly connections: number;
  /** JSON-RPC requests, taken in turn. */
  readonly bodies: readonly string[];
};

/** Seconds until all are answered. Throws the first answer that has no result. */
export function runQueries(load: QueryLoad): Promise<number> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL("./queryLoad.ts", import.meta.url), { workerData: load });
    worker.once("message", resolve);
    worker.once("error", reject);
  });
}

async function askAll({ port, connections, bodies }: QueryLoad): Promise<number> {
  const requests = bodies.map((body) =>
    Buffer.from(
      `POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    ),
  );
  let next = 0;
  const started = performance.now();
  const take = () => requests[next++];
  await Promise.all(Array.from({ length: connections }, () => askInTurn(port, take)));
  return (performance.now() - started) / 1_000;
}

function askInTurn(port: number, take: () => Buffer | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: "127.0.0.1", noDelay: true });
    let answer = "";
    const ask = (): void => {
      const request = take();
      if (request) socket.write(request);
      else resolve(end(socket));
    };
    socket.once("connect", ask);
    socket.once("error", reject);
    socket.on("data", (piece) => {
      answer += piece.toString("latin1");
      if (!isWhole(answer)) return;
      if (!answer.includes('"result"')) reject(new Error(answer));
      answer = "";
      ask();
    });
  });
}

function isWhole(answer: string): boolean {
  const head = answer.indexOf("\r\n\r\n");
  const length = /content-length: (\d+)/i.exec(answer)?.[1];
  return head >= 0 && length !== undefined && answer.length >= head + 4 + Number(length);
}

function end(socket: Socket): void {
  socket.destroy();
}

if (parentPort) parentPort.postMessage(await askAll(workerData as QueryLoad));
