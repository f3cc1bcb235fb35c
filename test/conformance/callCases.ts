import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { EMPTY_BYTES, keccak256Bytes, MemoryView, toHex } from "@delchain/runtime";
import { CONTRACT, type DriverCase } from "./driverBench.ts";

const hex = (byte: number, times: number): string =>
  byte.toString(16).padStart(2, "0").repeat(times);
const text = (value: string): string => Buffer.from(value).toString("hex");

/** What well-behaved contracts may rely on. */
export const CALL_CASES: readonly DriverCase[] = [
  {
    sentence: "a contract gets every byte of its CALL and its output comes back",
    async prove(bench) {
      const { outcome } = await bench.call(await bench.open(), "");
      assert.ok(outcome.status === "success");
      const fields = [
        hex(0xaa, 20),
        hex(0xca, 20),
        hex(0x0e, 20),
        "3".padStart(64, "0"),
        (31_337).toString(16).padStart(16, "0"),
        "7".padStart(16, "0"),
        (1_700_000_000).toString(16).padStart(16, "0"),
        hex(0xbb, 20),
        hex(0x5e, 32),
        (10_000_000).toString(16).padStart(16, "0"),
      ];
      assert.equal(toHex(outcome.output), `0x${fields.join("")}`);
    },
  },
  {
    sentence: "a call finds nothing of the one before it",
    async prove(bench) {
      const session = await bench.open();
      const said: string[] = [];
      for (let i = 0; i < 5; i++) said.push(await bench.said(session, "count"));
      assert.deepEqual(said, ["1", "1", "1", "1", "1"]);
    },
  },
  {
    sentence: "files and processes that a call leaves are gone in the next",
    async prove(bench) {
      const session = await bench.open();
      assert.equal(await bench.said(session, "leave children"), "left");
      assert.equal(await bench.said(session, "litter"), "nothing lay there");
      assert.equal(await bench.said(session, "litter"), "nothing lay there");
    },
  },
  {
    sentence: "every host call is answered as the protocol has it",
    async prove(bench) {
      bench.view.set(CONTRACT, { balance: 1_000n });
      const { outcome, batch } = await bench.call(await bench.open(), "host calls");
      assert.ok(outcome.status === "success");
      const abc = Buffer.from("abc");
      const answers = [
        `00${hex(0, 32)}`,
        "00",
        `00${hex(0x22, 32)}`,
        "01",
        "00",
        `00${text("value")}`,
        "00",
        "01",
        "00",
        `00${Buffer.from(keccak256Bytes(abc)).toString("hex")}`,
        `00${createHash("sha256").update(abc).digest("hex")}`,
        `00${(1_003).toString(16).padStart(64, "0")}`,
      ].join("");
      const output = Buffer.from(outcome.output).toString("hex");
      assert.equal(output.slice(0, answers.length), answers);
      assert.match(
        output.slice(answers.length),
        // Gas left, nothing for the debug text, and the id of the message that it sent.
        /^00[0-9a-f]{16}0000[0-9a-f]{64}$/,
      );
      const nobody = `0x${hex(0, 20)}`;
      assert.deepEqual(batch.results[0]?.messages, [
        { to: nobody, value: 0n, gas: 0n, callbackGas: 0n, data: EMPTY_BYTES },
      ]);
      assert.deepEqual(bench.debug, ["hello"]);
      assert.deepEqual(batch.slots, [{ slot: `0x${hex(0x11, 32)}`, value: `0x${hex(0x22, 32)}` }]);
      const [log] = batch.results[0]?.logs ?? [];
      assert.deepEqual(log, {
        address: CONTRACT,
        topics: [`0x${text("topic topic topic topic topic to")}`],
        data: new Uint8Array(Buffer.from("data")),
      });
    },
  },
  {
    sentence: "a revert brings its output and leaves no write",
    async prove(bench) {
      const { batch } = await bench.call(await bench.open(), "write and revert");
      const { results, ...rest } = batch;
      assert.deepEqual(rest, { slots: [], balanceDelta: 0n });
      const [result] = results;
      assert.equal(result?.status, "revert");
      assert.equal(Buffer.from(result?.output ?? []).toString(), "no");
    },
  },
  {
    sentence: "an output of the limit passes, and a byte more breaks the protocol",
    async prove(bench) {
      const session = await bench.open();
      const { outcome } = await bench.call(session, "largest output");
      assert.ok(outcome.status === "success");
      assert.equal(outcome.output.length, 65_536);
      const over = await bench.call(session, "large output");
      assert.deepEqual(over.outcome, {
        status: "halt",
        code: "protocolError",
        detail: "an output of 65537 bytes; the limit is 65536",
      });
    },
  },
  {
    sentence: "a call without gas is told to stop, and the container serves the next",
    async prove(bench) {
      const session = await bench.open();
      const { batch } = await bench.call(session, "gas", 200_000n);
      const [result] = batch.results;
      assert.equal(result?.haltCode, "outOfGas");
      assert.equal(result?.gasUsed, 200_000n);
      assert.deepEqual(batch.slots, []);
      assert.equal(await bench.said(session, "count"), "1");
    },
  },
  {
    sentence: "the same calls come to the same result in a container beside it",
    async prove(bench) {
      const modes = ["host calls", "count", "revert", "exit", "abort", "gas", ""];
      const runs = [];
      for (const session of [await bench.open(), await bench.open()]) {
        const results = [];
        for (const mode of modes) results.push((await bench.call(session, mode)).batch);
        runs.push(results);
      }
      assert.deepEqual(runs[0], runs[1]);
      assert.ok(bench.view instanceof MemoryView);
    },
  },
  {
    sentence: "what a program prints disturbs no frame, and is kept for people",
    async prove(bench) {
      const session = await bench.open();
      assert.equal(await bench.said(session, "print"), "printed");
      assert.equal(await bench.said(session, "count"), "1");
      await session.close();
      assert.match(session.container.output, /a warning/);
    },
  },
  {
    sentence: "the environment is the promised one and no other",
    async prove(bench) {
      const said = await bench.said(await bench.open(), "environment");
      const lines = said.split("\n").sort();
      assert.deepEqual(lines, [
        "DELCHAIN_CHANNEL=unix:/delchain/host.sock",
        `DELCHAIN_ISOLATION=${bench.subject.isolation}`,
        "GLIBC_TUNABLES=glibc.cpu.hwcaps=-FMA,-FMA4,-AVX2,-AVX512F",
        "HOME=/tmp",
        "HOSTNAME=contract",
        "LANG=C",
        "LC_ALL=C",
        "PATH=/usr/bin:/bin",
        "TZ=UTC",
        "contract",
      ]);
    },
  },
];
