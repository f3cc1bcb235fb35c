import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import fc from "fast-check";
import { pad } from "viem";
import { arbitraryCall, CLUB_SOLIDITY, clubSource, encodeCall } from "./club.ts";
import {
  assemblyScriptMachine,
  cMachine,
  cProgramMachine,
  type Machine,
  nodeMachine,
  phpMachine,
  phpWasmMachine,
  solidityMachine,
} from "./machines.ts";

// One contract in every language against solc's code, call by call.

const SEQUENCES = 25;
const CALLS_MAX = 40;

describe("the club in every language", () => {
  let oracle: Machine;
  let others: readonly Machine[] = [];

  before(async () => {
    oracle = solidityMachine(CLUB_SOLIDITY, "Club");
    const c = clubSource("c/club.c");
    const php = clubSource("php/Club.php");
    others = [
      await cMachine(c),
      await assemblyScriptMachine(clubSource("assemblyscript/club.ts")),
      await cProgramMachine(c),
      await phpMachine(php),
      phpWasmMachine(php),
      await nodeMachine(clubSource("node/club.ts")),
    ];
  });
  after(async () => {
    for (const machine of others) await machine.stop();
  });

  test("answers, reverts, logs and stores byte for byte as Solidity's does, whatever is called in whatever order", async () => {
    const calls = fc.array(arbitraryCall, { minLength: 1, maxLength: CALLS_MAX, size: "max" });
    await fc.assert(
      fc.asyncProperty(calls, async (sequence) => {
        for (const machine of [oracle, ...others]) await machine.reset();
        for (const call of sequence) {
          const encoded = encodeCall(call);
          const expected = await oracle.call(encoded);
          for (const machine of others) {
            assert.deepEqual(
              await machine.call(encoded),
              expected,
              `${machine.language}: ${call.name}`,
            );
          }
        }
        for (const machine of others) {
          assert.deepEqual(machine.storage(), oracle.storage(), machine.language);
        }
      }),
      { numRuns: SEQUENCES, endOnFailure: true },
    );
  });

  test("leaves nothing of a long value behind when one that fits its slot takes its place", async () => {
    const id = pad("0x01", { size: 32 });
    for (const machine of [oracle, ...others]) {
      await machine.reset();
      for (const length of [63, 31]) {
        const args = [id, `0x${"61".repeat(length)}`];
        await machine.call(encodeCall({ name: "file", args, sender: "alice", value: 0n }));
      }
      assert.equal(machine.storage().length, 1, machine.language);
      assert.deepEqual(machine.storage(), oracle.storage(), machine.language);
    }
  });
});
