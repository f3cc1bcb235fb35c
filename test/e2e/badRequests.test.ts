import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { test } from "node:test";
import { type Hex, numberToHex, pad } from "viem";
import { devnetAccount, type JsonRpcAnswer, sharedDevnet } from "./support/devnet.ts";

const MIB = 1024 * 1024;

test("a JSON body of 100 MB is refused by its size while the node goes on and stays small", async () => {
  const { url, result } = await sharedDevnet();
  const rssBefore = process.memoryUsage.rss();
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  const answer = once(socket, "data");
  socket.write(`POST / HTTP/1.1\r\nhost: ${hostname}\r\ncontent-length: ${100 * MIB}\r\n\r\n`);
  socket.write('{"jsonrpc":"2.0","id":1,"method":"eth_chainId","params":["');
  const chunk = Buffer.alloc(MIB, "a");
  for (let sent = 1; sent < 100; sent++) {
    if (!socket.write(chunk)) await once(socket, "drain");
  }
  const [head = "", body = ""] = String(await answer).split("\r\n\r\n");
  socket.destroy();
  assert.match(head, /^HTTP\/1.1 413 /);
  const message = `request body is over the limit of ${5 * MIB} bytes; send less at a time`;
  assert.deepEqual(JSON.parse(body), {
    jsonrpc: "2.0",
    id: null,
    error: { code: -32005, message },
  });
  assert.equal(await result("eth_chainId"), "0x7a69");
  const grown = (process.memoryUsage.rss() - rssBefore) / MIB;
  assert(grown < 80, `the process has grown by ${grown} MiB`);
});

test("a batch of 10,000 is refused whole; one of 1,000 is answered", async () => {
  const { url } = await sharedDevnet();
  const entry = (id: number) => ({ jsonrpc: "2.0", id, method: "eth_chainId" });
  const post = async (count: number): Promise<unknown> => {
    const body = JSON.stringify(Array.from({ length: count }, (_, id) => entry(id)));
    return (await fetch(url, { method: "POST", body })).json();
  };
  const { error } = (await post(10_000)) as JsonRpcAnswer;
  assert.equal(error?.code, -32600);
  assert.equal(error?.message, "batch of 10000 entries is over the limit of 1000; send several");
  const answers = (await post(1_000)) as readonly JsonRpcAnswer[];
  assert.equal(answers.filter(({ result }) => result === "0x7a69").length, 1_000);
});

type Hostile = {
  readonly name: string;
  readonly body: string;
  readonly code: number;
  readonly says: RegExp;
};

const BODIES: readonly Hostile[] = [
  { name: "no JSON", body: "{", code: -32700, says: /./ },
  { name: "nothing", body: "", code: -32700, says: /./ },
  { name: "a million brackets", body: "[".repeat(MIB), code: -32700, says: /./ },
  { name: "an empty batch", body: "[]", code: -32600, says: /empty batch/ },
  { name: "no method", body: '{"jsonrpc":"2.0","id":1}', code: -32600, says: /method/ },
  {
    name: "params that are too many",
    body: '{"jsonrpc":"2.0","id":1,"method":"eth_chainId","params":[1]}',
    code: -32602,
    says: /param/,
  },
  {
    name: "a method that every object has",
    body: '{"jsonrpc":"2.0","id":1,"method":"constructor"}',
    code: -32601,
    says: /constructor/,
  },
];

for (const { name, body, code, says } of BODIES) {
  test(`a request with ${name} gets ${code}`, async () => {
    const { url } = await sharedDevnet();
    const answer = (await (await fetch(url, { method: "POST", body })).json()) as JsonRpcAnswer;
    assert.equal(answer.error?.code, code, JSON.stringify(answer));
    assert.match(answer.error?.message ?? "", says);
  });
}

// EVM programs as init code of a call that creates nothing.
const FOREVER: Hex = "0x5b600056";
/** Writes each word of memory for ever. */
const MEMORY_BOMB: Hex = "0x5f5b808052602001600156";
/** Creates a contract with its own code, which does the same. */
const CREATE_ITSELF: Hex = "0x386000600039386000600060f0f0";
/** Deploys: CALL(gas, address, 0, 0, 0, 0, 0) with all that is left. */
const CALL_ITSELF: Hex = "0x6010600c60003960106000f360006000600060006000305af1600054600101600055";

for (const [name, data] of [
  ["loops for ever", FOREVER],
  ["takes all memory", MEMORY_BOMB],
] as const) {
  test(`an eth_call that ${name} ends by its gas, and the node goes on`, async () => {
    const { call, result } = await sharedDevnet();
    for (const method of ["eth_call", "eth_estimateGas"]) {
      const { error } = await call(method, { data });
      assert.equal(error?.code, -32000, `${method}: ${JSON.stringify(error)}`);
      assert.match(error?.message ?? "", /out of ?gas|OutOfGas/i);
    }
    assert.equal(await result("eth_chainId"), "0x7a69");
  });
}

test("recursion as deep as gas and rules allow ends as a result, and the node goes on", async () => {
  const { call, wallet, receipt, result } = await sharedDevnet();
  const creating = await call("eth_call", { data: CREATE_ITSELF });
  assert.equal(typeof (creating.result ?? creating.error?.message), "string");
  const hash = await wallet(8).sendTransaction({ data: CALL_ITSELF });
  const { contractAddress: to } = await receipt(hash);
  const answer = await call("eth_call", { to, gas: numberToHex(2n ** 26n) });
  assert.equal(answer.result ?? answer.error?.code, answer.error ? -32000 : "0x");
  assert.equal(await result("eth_chainId"), "0x7a69");
});

test("many hostile calls at once are all answered", async () => {
  const { call, reader } = await sharedDevnet();
  const answers = await Promise.all(
    Array.from({ length: 24 }, () =>
      call("eth_call", { data: FOREVER, gas: numberToHex(2n ** 24n) }),
    ),
  );
  assert.deepEqual(new Set(answers.map(({ error }) => error?.code)), new Set([-32000]));
  const address = devnetAccount(0).address;
  assert((await reader.getBalance({ address })) > 0n);
  assert.equal((await call("eth_call", { to: pad("0x1", { size: 20 }) })).error, undefined);
});
