import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { compileJava } from "@delchain/java";
import { toHex } from "@delchain/runtime";
import fc from "fast-check";
import { encodeFunctionData, getAddress, type Hex } from "viem";
import { loadArtefacts } from "../../apps/tour/artefacts.ts";
import { ARTEFACTS, REPOSITORY } from "../../apps/tour/manifest.ts";
import { tokenAbi } from "../../apps/tour/tokenAbi.ts";
import { Ledger, plain } from "./ledger.ts";
import { ALICE, BOB } from "./tokenScenario.ts";

// The tour's tokens, as they are committed, beside each other in one ledger.

const tokens = [...loadArtefacts().values()].filter(({ contract }) => contract === "token");

const ACCOUNTS = [ALICE, BOB] as const;
const account = fc.constantFrom(...ACCOUNTS);
const MOST = 2n ** 256n - 1n;
const amount = fc.oneof(
  fc.bigInt({ min: 0n, max: 20n }),
  fc.constantFrom(2n ** 64n, 2n ** 255n, MOST - 3n, MOST),
);
const owner = account.map((address) => getAddress(address));

const input: fc.Arbitrary<Hex> = fc.oneof(
  fc
    .tuple(fc.constantFrom("mint", "transfer", "transfer"), owner, amount)
    .map(([functionName, ...args]) =>
      encodeFunctionData({ abi: tokenAbi, functionName: functionName as "mint", args }),
    ),
  owner.map((one) => encodeFunctionData({ abi: tokenAbi, functionName: "balanceOf", args: [one] })),
  fc.constant(encodeFunctionData({ abi: tokenAbi, functionName: "totalSupply" })),
);
const step = fc.record({ caller: account, input, value: fc.constantFrom(0n, 0n, 0n, 0n, 1n) });

test("tokens in all languages answer, log and store the same, whatever is called in whatever order", () => {
  let successes = 0;
  fc.assert(
    fc.property(fc.array(step, { minLength: 5, maxLength: 25 }), (steps) => {
      const ledger = new Ledger([...ACCOUNTS]);
      const played = tokens.map(({ name, language, initCode }) => {
        const address = ledger.deploy(initCode(), name);
        const outcomes = steps.map(({ caller, input: data, value }) => {
          const outcome = ledger.send(caller, address, data, value);
          const logs = outcome.status === "success" ? outcome.logs : [];
          if (outcome.status === "success") successes++;
          return { ...plain(outcome), logs: logs.map(({ topics, data: more }) => [topics, more]) };
        });
        return { language, address, outcomes };
      });
      const [first, ...others] = played;
      assert.ok(first !== undefined);
      for (const { language, address, outcomes } of others) {
        assert.deepEqual(outcomes, first.outcomes, language);
        assert.deepEqual(ledger.storage(address), ledger.storage(first.address), language);
      }
    }),
    { numRuns: 60 },
  );
  assert.ok(successes > 1_000, `${successes} calls succeeded`);
});

test("the Java token builds to the committed bytes, twice and in another place and language", async () => {
  const file = "apps/tour/contracts/java/Token.java";
  const files = { "Token.java": readFileSync(new URL(file, REPOSITORY), "utf8") };
  const committed = toHex(readFileSync(new URL("token-java.wasm", ARTEFACTS)));
  const before = { LC_ALL: process.env.LC_ALL, TZ: process.env.TZ };
  assert.equal(toHex((await compileJava({ files })).module), committed);
  try {
    Object.assign(process.env, { LC_ALL: "tr_TR.UTF-8", TZ: "Pacific/Apia" });
    assert.equal(toHex((await compileJava({ files })).module), committed);
  } finally {
    for (const [name, value] of Object.entries(before)) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }
});
