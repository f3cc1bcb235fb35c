import assert from "node:assert/strict";
import { after, test } from "node:test";
import { Unavailable } from "@delchain/runtime";
import fc from "fast-check";
import { type JsonRpcAnswer, startTestRpc, type TestRpc } from "./testSupport/startTestRpc.ts";

const rpc: TestRpc = await startTestRpc({ limits: { batchEntries: 50, responseBytes: 20_000 } });
after(() => rpc.server.close());

async function answerTo(body: string | Uint8Array): Promise<JsonRpcAnswer> {
  const response = await rpc.post(body);
  assert.equal(response.status, 200);
  assert.match(response.headers.get("content-type") ?? "", /^application\/json/);
  return (await response.json()) as JsonRpcAnswer;
}

async function answersTo(entries: readonly unknown[]): Promise<JsonRpcAnswer[]> {
  return (await answerTo(JSON.stringify(entries))) as unknown as JsonRpcAnswer[];
}

const chainId = (id: unknown): object => ({
  jsonrpc: "2.0",
  id,
  method: "eth_chainId",
  params: [],
});

test("a request is answered with its result under its id", async () => {
  assert.deepEqual(await answerTo(JSON.stringify(chainId(7))), {
    jsonrpc: "2.0",
    id: 7,
    result: "0x7a69",
  });
});

test("an id of any legal type comes back as it was", async () => {
  for (const id of [0, -1, 1.5, "", "a", '"\u2028', null]) {
    assert.deepEqual((await answerTo(JSON.stringify(chainId(id)))).id, id);
  }
});

test("parameters may be left out", async () => {
  const answer = await answerTo('{"jsonrpc":"2.0","id":1,"method":"eth_chainId"}');
  assert.equal(answer.result, "0x7a69");
});

test("what is not JSON is a parse error with id null", async () => {
  for (const body of ["", "{", "[1,", '{"jsonrpc":"2.0","id":1', Uint8Array.of(0x22, 0xff, 0x22)]) {
    const { id, error } = await answerTo(body);
    assert.equal(id, null);
    assert.equal(error?.code, -32700);
    assert.match(error?.message ?? "", /^parse error: /);
  }
});

test("JSON that is no request is an invalid request, with the id when there is one", async () => {
  const cases: [unknown, unknown][] = [
    [1, null],
    ["eth_chainId", null],
    [null, null],
    [{}, null],
    [{ id: 5, method: "eth_chainId" }, 5],
    [{ jsonrpc: "1.0", id: 5, method: "eth_chainId" }, 5],
    [{ jsonrpc: "2.0", id: 5, method: 1 }, 5],
    [{ jsonrpc: "2.0", id: {}, method: "eth_chainId" }, null],
    [{ jsonrpc: "2.0", id: [1], method: "eth_chainId" }, null],
    [{ jsonrpc: "2.0", id: true, method: "eth_chainId" }, null],
  ];
  for (const [request, id] of cases) {
    const answer = await answerTo(JSON.stringify(request));
    assert.deepEqual([answer.id, answer.error?.code], [id, -32600], JSON.stringify(request));
  }
});

test("a method that is not there is -32601 by name, the probes of tools and Object's own members too", async () => {
  for (const method of [
    "eth_fillTransaction",
    "eth_getAccountInfo",
    "anvil_nodeInfo",
    "hardhat_metadata",
    "constructor",
    "__proto__",
    "toString",
    "",
  ]) {
    const { error } = await rpc.call(method);
    assert.equal(error?.code, -32601);
    assert.equal(error.message, `the method ${method} does not exist or is not available`);
  }
  assert.deepEqual(rpc.logged, []);
});

test("wrong parameters are -32602 and name place, name and value", async () => {
  const { error } = await rpc.call("eth_getBalance", "0x12");
  assert.deepEqual(error, {
    code: -32602,
    message: 'params[0] (address): wanted an address (0x and 40 hex digits), got "0x12"',
  });
});

test("a batch is answered in its order, each entry by itself, notifications by nothing", async () => {
  const entries = [
    chainId(1),
    5,
    { jsonrpc: "2.0", method: "eth_chainId" },
    { ...chainId("x"), method: "no" },
    chainId(2),
  ];
  const answers = await answersTo(entries);
  assert.deepEqual(
    answers.map(({ id, error }) => [id, error?.code]),
    [
      [1, undefined],
      [null, -32600],
      ["x", -32601],
      [2, undefined],
    ],
  );
});

test("notifications alone have no body", async () => {
  for (const body of [
    { jsonrpc: "2.0", method: "eth_chainId" },
    [{ jsonrpc: "2.0", method: "no" }],
  ]) {
    const response = await rpc.post(JSON.stringify(body));
    assert.equal(response.status, 204);
    assert.equal(await response.text(), "");
  }
});

test("an empty batch and one over the limit are one error, which names number and limit", async () => {
  assert.equal((await answerTo("[]")).error?.code, -32600);
  const { error, id } = await answerTo(
    JSON.stringify(Array.from({ length: 51 }, (_, i) => chainId(i))),
  );
  assert.equal(id, null);
  assert.equal(error?.code, -32600);
  assert.equal(error.message, "batch of 51 entries is over the limit of 50; send several");
});

test("entries of a batch run side by side", async () => {
  let running = 0;
  let most = 0;
  rpc.backend.beforeQuery = async () => {
    most = Math.max(most, ++running);
    await new Promise((resolve) => setImmediate(resolve));
    running--;
  };
  const call = { jsonrpc: "2.0", method: "eth_call", params: [{ to: `0x${"11".repeat(20)}` }] };
  const answers = await answersTo(Array.from({ length: 50 }, (_, id) => ({ ...call, id })));
  rpc.backend.beforeQuery = () => Promise.resolve();
  assert.deepEqual(
    answers.map(({ id }) => id),
    Array.from({ length: 50 }, (_, id) => id),
  );
  assert.equal(most, 16);
});

test("an answer over the limit is an error, and in a batch the entries after it are too", async () => {
  const block = { jsonrpc: "2.0", method: "eth_getBlockByNumber", params: ["latest"] };
  const answers = await answersTo(Array.from({ length: 40 }, (_, id) => ({ ...block, id })));
  const refused = answers.filter(({ error }) => error?.code === -32005);
  assert.equal(answers.length, 40);
  assert(refused.length > 10 && refused.length < 20, `${refused.length}`);
  assert.match(
    refused[0]?.error?.message ?? "",
    /bytes in one answer: \d+ is over the limit of 20000/,
  );
});

test("trouble of the machine names the part, a bug shows nothing, and both are logged", async () => {
  rpc.backend.beforeQuery = () =>
    Promise.reject(new Unavailable("evm", "deadline of 5,000 ms passed"));
  const to = `0x${"11".repeat(20)}`;
  const trouble = await rpc.call("eth_call", { to });
  rpc.backend.beforeQuery = () => Promise.reject(new TypeError("secret"));
  const bug = await rpc.call("eth_call", { to });
  rpc.backend.beforeQuery = () => Promise.resolve();
  assert.deepEqual(trouble.error, {
    code: -32002,
    message: "evm is unavailable: deadline of 5,000 ms passed",
    data: { part: "evm" },
  });
  assert.deepEqual(bug.error, { code: -32603, message: "internal error" });
  assert.deepEqual(rpc.logged, ["a request found a part unavailable", "a request met a bug"]);
});

test("no body of any kind brings the server down or makes it answer without an error object", async () => {
  const methods = [
    "eth_call",
    "eth_getLogs",
    "eth_feeHistory",
    "eth_sendRawTransaction",
    "eth_getBlockByNumber",
    "eth_subscribe",
    "del_getCall",
    "eth_getFilterChanges",
    "eth_estimateGas",
    "eth_getStorageAt",
  ];
  const value = fc.oneof(
    fc.jsonValue(),
    fc.constantFrom("latest", "0x", "0x0", `0x${"ff".repeat(32)}`, `0x${"ff".repeat(20)}`, {
      address: [],
      topics: [[]],
    }),
  );
  const request = fc.record(
    {
      jsonrpc: fc.constantFrom("2.0", "1.0"),
      id: fc.jsonValue(),
      method: fc.oneof(fc.constantFrom(...methods), fc.string()),
      params: fc.oneof(fc.array(value, { maxLength: 5 }), fc.jsonValue()),
    },
    { requiredKeys: [] },
  );
  const body = fc.oneof(
    fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
    fc.json().map((text) => Buffer.from(text)),
    fc.array(request, { maxLength: 8 }).map((entries) => Buffer.from(JSON.stringify(entries))),
    request.map((entry) => Buffer.from(JSON.stringify(entry))),
  );
  rpc.logged.length = 0;
  const check = async (bytes: Buffer): Promise<void> => {
    const response = await rpc.post(bytes);
    if (response.status === 204) return;
    assert.equal(response.status, 200);
    const parsed = (await response.json()) as JsonRpcAnswer | JsonRpcAnswer[];
    for (const { jsonrpc, result, error } of [parsed].flat()) {
      assert.equal(jsonrpc, "2.0");
      assert.notEqual(error === undefined, result === undefined);
      assert(error?.code !== -32603, "a bug was met");
    }
  };
  const bodies = fc.array(body, { minLength: 10, maxLength: 10 });
  await fc.assert(
    fc.asyncProperty(bodies, async (several) => {
      await Promise.all(several.map(check));
    }),
    { numRuns: 250 },
  );
  assert.deepEqual(rpc.logged, []);
});
