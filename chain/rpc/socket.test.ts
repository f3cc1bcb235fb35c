import assert from "node:assert/strict";
import { on, once } from "node:events";
import { connect } from "node:net";
import { test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { keccak256 } from "@delchain/runtime";
import { mnemonicToAccount } from "viem/accounts";
import { WebSocket } from "ws";
import { DEVNET_MNEMONIC } from "../spec/devnet.ts";
import { type JsonRpcAnswer, startTestRpc } from "./testSupport/startTestRpc.ts";

type Message = JsonRpcAnswer & {
  readonly method?: string;
  readonly params?: { readonly subscription: string; readonly result: Record<string, unknown> };
};

const HEADS = { method: "eth_subscribe", params: ["newHeads"] };

/** A WebSocket whose messages are taken one by one. */
class Line {
  readonly socket: WebSocket;
  readonly #messages: AsyncIterator<[Buffer]>;

  constructor(url: string) {
    this.socket = new WebSocket(url.replace("http", "ws"));
    this.#messages = on(this.socket, "message") as AsyncIterator<[Buffer]>;
  }

  send(message: object): void {
    this.socket.send(JSON.stringify({ jsonrpc: "2.0", id: 1, ...message }));
  }

  async take(): Promise<Message> {
    const { value } = await this.#messages.next();
    return JSON.parse(String((value as [Buffer])[0])) as Message;
  }

  async ask(message: object): Promise<Message> {
    this.send(message);
    return this.take();
  }
}

async function open(url: string): Promise<Line> {
  const line = new Line(url);
  await once(line.socket, "open");
  return line;
}

async function closeOf(line: Line): Promise<number> {
  const [code] = (await once(line.socket, "close")) as [number];
  return code;
}

test("requests, batches and malformed messages are answered as over HTTP", async () => {
  await using rpc = await startTestRpc();
  const line = await open(rpc.server.url);
  assert.equal((await line.ask({ method: "eth_chainId" })).result, "0x7a69");
  line.socket.send("{");
  assert.equal((await line.take()).error?.code, -32700);
  line.socket.send(Buffer.from('[{"jsonrpc":"2.0","id":"a","method":"no"}]'));
  assert.deepEqual(((await line.take()) as unknown as JsonRpcAnswer[])[0]?.error?.code, -32601);
  line.socket.close();
});

test("a subscription's answer comes before its first notification, and no more after its end", async () => {
  await using rpc = await startTestRpc();
  const line = await open(rpc.server.url);
  const { result: id } = await line.ask(HEADS);
  const first = rpc.backend.mine();
  const { method, params } = await line.take();
  assert.deepEqual(
    [method, params?.subscription, params?.result.hash],
    ["eth_subscription", id, first.hash],
  );
  assert.equal(params?.result.parentHash, first.block.header.parentHash);
  assert.equal((await line.ask({ method: "eth_unsubscribe", params: [id] })).result, true);
  rpc.backend.mine();
  assert.equal((await line.ask({ method: "eth_unsubscribe", params: [id] })).result, false);
  line.socket.close();
});

test("a block that comes while a batch runs is not told before the batch's answer", async () => {
  await using rpc = await startTestRpc();
  const line = await open(rpc.server.url);
  rpc.backend.beforeQuery = async () => {
    await turn();
    rpc.backend.mine();
  };
  const call = { method: "eth_call", params: [{ to: `0x${"11".repeat(20)}` }] };
  line.socket.send(
    JSON.stringify([HEADS, call].map((entry, id) => ({ jsonrpc: "2.0", id, ...entry }))),
  );
  const answers = await line.take();
  assert(Array.isArray(answers), "the batch's answer comes first");
  const next = rpc.backend.mine();
  assert.equal((await line.take()).params?.result.hash, next.hash);
  line.socket.close();
});

test("two connections have their own subscriptions", async () => {
  await using rpc = await startTestRpc();
  const [left, right] = [await open(rpc.server.url), await open(rpc.server.url)];
  const { result: id } = await left.ask(HEADS);
  assert.equal((await right.ask({ method: "eth_unsubscribe", params: [id] })).result, false);
  rpc.backend.mine();
  assert.equal((await left.take()).params?.subscription, id);
  left.socket.close();
  right.socket.close();
});

test("pending transactions come as hashes or whole", async () => {
  await using rpc = await startTestRpc();
  const line = await open(rpc.server.url);
  const name = "newPendingTransactions";
  await line.ask({ method: "eth_subscribe", params: [name] });
  await line.ask({ method: "eth_subscribe", params: [name, true] });
  const account = mnemonicToAccount(DEVNET_MNEMONIC);
  const request = {
    to: account.address,
    gas: 21_000n,
    gasPrice: 2_000_000_000n,
    chainId: 31337,
    nonce: 0,
  };
  const raw = await account.signTransaction({ ...request, type: "legacy" });
  const hash = await rpc.result("eth_sendRawTransaction", raw);
  assert.equal((await line.take()).params?.result, hash);
  const { params } = await line.take();
  assert.deepEqual(
    [params?.result.hash, params?.result.blockHash, params?.result.gasPrice],
    [hash, null, "0x77359400"],
  );
  line.socket.close();
});

test("a subscription that makes no sense is refused, and over HTTP any is, with the way to go", async () => {
  await using rpc = await startTestRpc();
  const line = await open(rpc.server.url);
  const refused = async (...params: unknown[]): Promise<number | undefined> =>
    (await line.ask({ method: "eth_subscribe", params })).error?.code;
  assert.deepEqual(
    [
      await refused("newBlocks"),
      await refused(),
      await refused("logs", { topics: 5 }),
      await refused("newPendingTransactions", {}),
    ],
    [-32602, -32602, -32602, -32602],
  );
  line.socket.close();
  const { error } = await rpc.call("eth_subscribe", "newHeads");
  assert.equal(error?.code, -32004);
  assert.match(error.message, /ws:\/\/, same port\); over HTTP use eth_newFilter/);
});

test("subscriptions over a connection's limit are refused until one ends", async () => {
  await using rpc = await startTestRpc({ limits: { subscriptionsPerSocket: 2 } });
  const line = await open(rpc.server.url);
  const { result: id } = await line.ask(HEADS);
  await line.ask(HEADS);
  const { error } = await line.ask(HEADS);
  assert.equal(error?.code, -32005);
  assert.match(error.message, /subscriptions of this connection: 3 is over the limit of 2/);
  await line.ask({ method: "eth_unsubscribe", params: [id] });
  assert.equal(typeof (await line.ask(HEADS)).result, "string");
  line.socket.close();
});

test("a message over the limit closes its connection with 1009", async () => {
  await using rpc = await startTestRpc({ limits: { bodyBytes: 1_000 } });
  const line = await open(rpc.server.url);
  const closed = closeOf(line);
  line.socket.send("x".repeat(1_001));
  assert.equal(await closed, 1009);
});

test("WebSockets over the limit are closed with 1013", async () => {
  await using rpc = await startTestRpc({ limits: { sockets: 1 } });
  const first = await open(rpc.server.url);
  assert.equal(await closeOf(new Line(rpc.server.url)), 1013);
  assert.equal((await first.ask({ method: "eth_chainId" })).result, "0x7a69");
  first.socket.close();
});

test("one connection has so many messages in work at a time; the others wait their turn", async () => {
  await using rpc = await startTestRpc({ limits: { socketMessages: 3 } });
  const line = await open(rpc.server.url);
  let running = 0;
  let most = 0;
  rpc.backend.beforeQuery = async () => {
    most = Math.max(most, ++running);
    await turn();
    running--;
  };
  const call = { method: "eth_call", params: [{ to: `0x${"11".repeat(20)}` }] };
  for (let id = 0; id < 40; id++) line.send({ ...call, id });
  const ids = new Set<unknown>();
  while (ids.size < 40) ids.add((await line.take()).id);
  assert(most > 0 && most <= 3, `${most} at a time`);
  line.socket.close();
});

test("a reader that does not read is cut off when too much waits for it", async () => {
  await using rpc = await startTestRpc({ limits: { socketBufferBytes: 200_000 } });
  const line = await open(rpc.server.url);
  await line.ask(HEADS);
  line.socket.pause();
  for (let blocks = 0; rpc.logged.length === 0 && blocks < 20_000; blocks++) {
    rpc.backend.mine();
    if (blocks % 50 === 0) await turn();
  }
  assert.deepEqual(rpc.logged, ["cut off a WebSocket that reads too slowly"]);
  const closed = closeOf(line);
  line.socket.resume();
  assert.equal(await closed, 1006);
  assert.equal(await rpc.result("net_listening"), true);
});

test("a peer that answers no ping is cut off, one that does is not", async () => {
  await using rpc = await startTestRpc({ limits: { pingMs: 200 } });
  const alive = await open(rpc.server.url);
  const mute = connect(rpc.server.port, "127.0.0.1");
  mute.write(
    "GET / HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n" +
      "sec-websocket-version: 13\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n",
  );
  mute.resume();
  await once(mute, "close");
  assert.equal((await alive.ask({ method: "eth_chainId" })).result, "0x7a69");
  alive.socket.close();
});

test("a page of another origin may not open a WebSocket", async () => {
  await using rpc = await startTestRpc({ origins: ["http://wallet.example"] });
  const socket = new WebSocket(rpc.server.url.replace("http", "ws"), {
    origin: "http://other.example",
  });
  const [error] = (await once(socket, "error")) as [Error];
  assert.match(error.message, /403/);
});

test("closing the server says goodbye with 1001, and cuts who does not answer", async () => {
  const rpc = await startTestRpc({ limits: { closeMs: 50 } });
  const [polite, silent] = [await open(rpc.server.url), await open(rpc.server.url)];
  silent.socket.pause();
  const closed = closeOf(polite);
  await rpc.server.close();
  assert.equal(await closed, 1001);
  silent.socket.resume();
  await closeOf(silent);
  assert.equal(rpc.backend.subscribers, 0);
});

test("a broken frame ends its connection and nothing else", async () => {
  await using rpc = await startTestRpc();
  const line = await open(rpc.server.url);
  const raw = (line.socket as unknown as { _socket: NodeJS.WritableStream })._socket;
  const closed = closeOf(line);
  raw.write(Buffer.from([0xff, 0xff, 0xff, 0xff]));
  await closed;
  assert.equal(await rpc.result("web3_sha3", "0x"), keccak256(new Uint8Array(0)));
});
