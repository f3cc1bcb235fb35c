import assert from "node:assert/strict";
import { connect } from "node:net";
import { ReadableStream } from "node:stream/web";
import { test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { RPC_LIMITS } from "./limits.ts";
import { startTestRpc } from "./testSupport/startTestRpc.ts";

const CHAIN_ID = '{"jsonrpc":"2.0","id":1,"method":"eth_chainId"}';
const MIB = 1024 * 1024;

test("a body of 100 MB is refused with 413 in JSON-RPC's shape, and is not kept", async () => {
  await using rpc = await startTestRpc();
  const piece = new Uint8Array(MIB).fill(0x20);
  let sent = 0;
  let mostHeld = 0;
  const before = process.memoryUsage().arrayBuffers;
  const pieces = async function* (): AsyncGenerator<Uint8Array> {
    for (; sent < 100; sent++) {
      mostHeld = Math.max(mostHeld, process.memoryUsage().arrayBuffers - before);
      yield piece;
    }
  };
  const body = ReadableStream.from(pieces());
  const response = await fetch(rpc.server.url, {
    method: "POST",
    body,
    duplex: "half",
  } as unknown as RequestInit);
  assert.equal(response.status, 413);
  assert.deepEqual(await response.json(), {
    jsonrpc: "2.0",
    id: null,
    error: {
      code: -32005,
      message: "request body is over the limit of 5242880 bytes; send less at a time",
    },
  });
  assert(mostHeld < 64 * MIB, `${mostHeld} bytes held`);
  assert.equal(await rpc.result("eth_chainId"), "0x7a69");
});

test("a body that says its 100 MB beforehand is refused before it comes", async () => {
  await using rpc = await startTestRpc();
  const socket = connect(rpc.server.port, "127.0.0.1");
  socket.write("POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 100000000\r\n\r\n");
  const [first] = (await socket.take(1).toArray()) as Buffer[];
  assert.match(String(first), /^HTTP\/1.1 413 /);
  socket.destroy();
});

test("a refused body that goes on for too long loses its connection", async () => {
  await using rpc = await startTestRpc({ limits: { discardMs: 20 } });
  const socket = connect(rpc.server.port, "127.0.0.1");
  socket.write("POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 100000000\r\n\r\n");
  const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
  socket.on("error", () => undefined).resume();
  await closed;
});

test("the largest transaction fits a body, in hex", async () => {
  assert(RPC_LIMITS.bodyBytes > 2 * 640 * 1024);
  await using rpc = await startTestRpc();
  const { error } = await rpc.call("eth_sendRawTransaction", `0x${"00".repeat(640 * 1024 + 1)}`);
  assert.equal(error?.code, -32602);
  assert.match(error.message, /655361 bytes, over the limit of 655360/);
});

test("10,000 entries in a batch are refused with number and limit, 1,000 are answered", async () => {
  await using rpc = await startTestRpc();
  const batch = (count: number): string =>
    `[${Array.from({ length: count }, () => CHAIN_ID).join()}]`;
  assert.match(
    await (await rpc.post(batch(10_000))).text(),
    /batch of 10000 entries is over the limit of 1000/,
  );
  assert.equal(((await (await rpc.post(batch(1_000))).json()) as unknown[]).length, 1_000);
});

test("the type of a body does not matter, as curl and pages send several", async () => {
  await using rpc = await startTestRpc();
  for (const headers of [
    {},
    { "content-type": "text/plain" },
    { "content-type": "x/y; charset=z" },
  ]) {
    const response = await rpc.post(Buffer.from(CHAIN_ID), headers as Record<string, string>);
    assert.equal(((await response.json()) as { result: string }).result, "0x7a69");
  }
});

test("GET / says what this is, other paths where to go, other methods that they are none", async () => {
  await using rpc = await startTestRpc();
  const hint = (await (await fetch(rpc.server.url)).json()) as Record<string, unknown>;
  assert.deepEqual([hint.node, hint.chainId, hint.head], ["DelChain/test", 31337, 0]);
  assert.equal((await fetch(rpc.server.url, { method: "HEAD" })).status, 200);
  for (const [path, method] of [
    ["/rpc", "POST"],
    ["/", "PUT"],
    ["/%zz", "GET"],
  ] as const) {
    const response = await fetch(rpc.server.url + path, { method });
    assert(response.status >= 400 && response.status < 500, `${method} ${path} ${response.status}`);
    assert.equal(((await response.json()) as { error: { code: number } }).error.code, -32600);
  }
});

test("a page of any origin may ask, unless the node is told which may", async () => {
  await using open = await startTestRpc();
  await using closed = await startTestRpc({ origins: ["http://wallet.example"] });
  const ask = (url: string, method: string, origin: string): Promise<Response> =>
    fetch(url, { method, headers: { origin, "access-control-request-method": "POST" } });
  const preflight = await ask(open.server.url, "OPTIONS", "http://any.example");
  assert.equal(preflight.status, 204);
  assert.equal(preflight.headers.get("access-control-allow-origin"), "*");
  assert.match(preflight.headers.get("access-control-allow-headers") ?? "", /content-type/);
  const known = await ask(closed.server.url, "OPTIONS", "http://wallet.example");
  assert.equal(known.headers.get("access-control-allow-origin"), "http://wallet.example");
  const other = await closed.post(CHAIN_ID, { origin: "http://other.example" });
  assert.equal(other.status, 403);
  assert.match(await other.text(), /origin http:\/\/other.example is not allowed/);
});

test("connections over the limit are turned away", async () => {
  await using rpc = await startTestRpc({ limits: { httpConnections: 1 } });
  const first = connect(rpc.server.port, "127.0.0.1");
  await new Promise((resolve) => first.once("connect", resolve));
  first.write("POST / HTTP/1.1\r\n");
  await turn();
  const second = connect(rpc.server.port, "127.0.0.1");
  second.on("error", () => undefined).resume();
  await new Promise((resolve) => second.once("close", resolve));
  first.destroy();
});

test("a port that is taken is refused by name", async () => {
  await using rpc = await startTestRpc();
  const { startRpc } = await import("./server.ts");
  const log = { warn: () => undefined, error: () => undefined };
  const again = startRpc({ backend: rpc.backend, port: rpc.server.port, log, nowMs: () => 0 });
  await assert.rejects(again, { code: "EADDRINUSE" });
});

test("closing lets an answer under way finish, and takes no more", async () => {
  const rpc = await startTestRpc();
  let release = (): void => undefined;
  const begun = new Promise<void>((resolve) => {
    rpc.backend.beforeQuery = () => {
      resolve();
      return new Promise((go) => {
        release = go;
      });
    };
  });
  const answer = rpc.call("eth_call", { to: `0x${"11".repeat(20)}` });
  await begun;
  const closed = rpc.server.close();
  release();
  assert.equal((await answer).result, "0x");
  await closed;
  await assert.rejects(rpc.call("eth_chainId"));
  assert.equal(rpc.backend.subscribers, 0);
});

test("closing cuts an answer that takes too long", async () => {
  const rpc = await startTestRpc({ limits: { closeMs: 20 } });
  const begun = new Promise<void>((resolve) => {
    rpc.backend.beforeQuery = () => {
      resolve();
      return new Promise(() => undefined);
    };
  });
  const answer = rpc.call("eth_call", { to: `0x${"11".repeat(20)}` });
  const refused = assert.rejects(answer);
  await begun;
  await rpc.server.close();
  await refused;
});
