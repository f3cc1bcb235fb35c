import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

// A Java developer's project through the command line: what a compiler refuses, JUnit beside tests on a chain, and
// exceptions with file and line across the border of tiers.

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const TIMEOUT_MS = 300_000;

const folder = mkdtempSync(join(tmpdir(), "delchain-java-project-"));
after(() => rmSync(folder, { recursive: true }));

function project(name: string, files: Readonly<Record<string, string>>): string {
  const root = join(folder, name);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

type Answer = { readonly code: number; readonly json: unknown; readonly said: string };

function delchain(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Answer> {
  const options = { timeout: TIMEOUT_MS, env: { ...process.env, ...env } };
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [join(ROOT, "cli/main.ts"), ...args, "--json"],
      options,
      (error, stdout, stderr) => {
        const code = error === null ? 0 : Number(error.code);
        resolve({ code, json: stdout === "" ? undefined : JSON.parse(stdout), said: stderr });
      },
    );
  });
}

const COUNTER = `package shop;

import org.delchain.*;

@Contract
final class Counter {
    Value<U256> count;

    @External
    U256 add(U256 amount) {
        count.set(Sums.of(count.get(), amount));
        return count.get();
    }

    @View
    int divide(int a, int b) {
        return a / b;
    }
}
`;
const SUMS = `package shop;

import org.delchain.U256;

final class Sums {
    static U256 of(U256 a, U256 b) {
        if (b.isZero()) throw new IllegalArgumentException("nothing to add");
        return a.add(b);
    }
}
`;
const COUNTER_TEST = `package shop;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.delchain.*;
import org.junit.jupiter.api.Test;

class CounterTest {
    private final World world = new World();
    private final TestContract<Counter> counter = world.deploy(CounterEntry::new, CounterEntry::contract);

    @Test
    void itAdds() {
        assertEquals(U256.of(2), counter.call(it -> it.add(U256.of(2))));
    }

    @Test
    void itIsWrong() {
        assertEquals(U256.of(3), counter.call(it -> it.add(U256.of(2))));
    }

    @Test
    void itRefuses() {
        counter.call(it -> it.add(U256.ZERO));
    }
}
`;
const RELAY = `// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

interface Counter {
    function add(uint256 amount) external returns (uint256);
    function divide(int32 a, int32 b) external view returns (int32);
}

contract Relay {
    function add(Counter counter, uint256 amount) external returns (uint256) {
        return counter.add(amount);
    }

    function divide(Counter counter, int32 a, int32 b) external view returns (int32) {
        return counter.divide(a, b);
    }
}
`;
const RELAY_TEST = `import { after, test } from "node:test";
import { expectRevert, startChain } from "@delchain/test";

const chain = await startChain();
after(() => chain.close());

test("an exception in Java goes through Solidity as a reason", async () => {
  const counter = await chain.deploy("Counter");
  const relay = await chain.deploy("Relay");
  await expectRevert(
    relay.write.add([counter.address, 0n]),
    "java.lang.IllegalArgumentException: nothing to add (Sums.java:7)",
  );
  await expectRevert(
    relay.read.divide([counter.address, 1, 0]),
    "java.lang.ArithmeticException: / by zero (Counter.java:17)",
  );
});
`;

const CONTAINER_TEST = `import { after, test } from "node:test";
import { expectRevert, startChain } from "@delchain/test";

const chain = await startChain();
after(() => chain.close());

test("an exception in a container is a reason", async () => {
  const counter = await chain.deploy("Counter");
  await expectRevert(
    counter.write.add([0n]),
    "java.lang.IllegalArgumentException: nothing to add (Sums.java:7)",
  );
});
`;

const CALM: Readonly<Record<string, string>> = {
  "contracts/shop/Counter.java": COUNTER,
  "contracts/shop/Sums.java": SUMS,
};

/** Line and column of a text. */
function placeOf(text: string, what: string): { readonly line: number; readonly column: number } {
  const before = text.slice(0, text.indexOf(what)).split("\n");
  return { line: before.length, column: (before.at(-1) ?? "").length + 1 };
}

for (const tier of ["wasm", "container"]) {
  const settings = JSON.stringify({ tier });

  test(`what does not compile is refused with file, line, column and the line itself (${tier})`, async () => {
    const wrong = SUMS.replace("return a.add(b)", "return a.plus(b)");
    const root = project(`wrong-${tier}`, {
      ...CALM,
      "contracts/shop/Sums.java": wrong,
      "delchain.json": settings,
    });
    const { code, json } = await delchain(["build", "--project", root]);
    const { errors } = json as { readonly errors: readonly { readonly message: string }[] };
    assert.equal(code, 1);
    assert.deepEqual(
      errors.map(({ message: _, ...rest }) => rest),
      [
        {
          severity: "error",
          place: {
            file: "contracts/shop/Sums.java",
            line: placeOf(wrong, "plus").line,
            // ecj marks the name, javac the point before it.
            column: placeOf(wrong, tier === "wasm" ? "plus" : ".plus").column,
            text: "        return a.plus(b);",
          },
        },
      ],
    );
    assert.match(
      errors[0]?.message ?? "",
      tier === "wasm" ? /plus.*undefined/ : /cannot find symbol/,
    );
  });

  test(`what differs between machines is refused with file, line and what to use instead (${tier})`, async () => {
    const clock = COUNTER.replace("return a / b", "return (int) System.nanoTime()");
    const root = project(`clock-${tier}`, {
      ...CALM,
      "contracts/shop/Counter.java": clock,
      "delchain.json": settings,
    });
    const { code, json } = await delchain(["build", "--project", root]);
    const [error] = (
      json as {
        readonly errors: readonly {
          readonly message: string;
          readonly place: { readonly file: string; readonly line: number };
        }[];
      }
    ).errors;
    assert.equal(code, 1);
    assert.deepEqual(
      [error?.place.file, error?.place.line],
      ["contracts/shop/Counter.java", placeOf(clock, "System.nanoTime").line],
    );
    assert.match(error?.message ?? "", /System\.nanoTime.*lock.*imestamp\(\)/);
  });
}

test("exceptions in Java are Solidity's reasons, with file and line; JUnit fails beside it and says where", async () => {
  const root = project("mixed", {
    "delchain.json": JSON.stringify({ contracts: ["src", "contracts"] }),
    "src/shop/Counter.java": COUNTER,
    "src/shop/Sums.java": SUMS,
    "contracts/Relay.sol": RELAY,
    "test/Relay.test.ts": RELAY_TEST,
    "test/shop/CounterTest.java": COUNTER_TEST,
  });
  const { code, json, said } = await delchain(["test", "--project", root]);
  const { ok, files, unitTests } = json as {
    readonly ok: boolean;
    readonly files: readonly string[];
    readonly unitTests: readonly {
      readonly language: string;
      readonly passed: number;
      readonly failed: number;
      readonly report: string;
    }[];
  };
  assert.match(said, /✔ an exception in Java goes through Solidity as a reason/);
  assert.deepEqual([code, ok], [1, false]);
  assert.deepEqual(files, ["test/shop/CounterTest.java", "test/Relay.test.ts"]);
  const [junit] = unitTests;
  assert.deepEqual([junit?.language, junit?.passed, junit?.failed], ["java", 1, 2]);
  const wrong = placeOf(COUNTER_TEST, "assertEquals(U256.of(3)").line;
  const report = junit?.report ?? "";
  assert.ok(report.includes(`CounterTest.java:${wrong}: expected: <3> but was: <2>`), report);
  assert.match(report, /Sums\.java:7: java\.lang\.IllegalArgumentException: nothing to add/);
  assert.match(report, /at CounterTest\.java:\d+/);

  const named = await delchain(["test", "--project", root, "--grep", "itAdds"]);
  const [adds] = (named.json as { readonly unitTests: typeof unitTests }).unitTests;
  assert.deepEqual([named.code, adds?.passed, adds?.failed], [0, 1, 0]);

  const alone = await delchain(["test", "--project", root, "test/Relay.test.ts"]);
  assert.deepEqual(
    [alone.code, (alone.json as typeof unitTests & { unitTests: [] }).unitTests],
    [0, []],
  );
});

test("an exception in a container says file and line too", async () => {
  const root = project("contained", {
    ...CALM,
    "delchain.json": JSON.stringify({ tier: "container" }),
    "test/Counter.test.ts": CONTAINER_TEST,
  });
  const { code, said } = await delchain(["test", "--project", root]);
  assert.equal(code, 0, said);
  assert.match(said, /✔ an exception in a container is a reason/);
});

test("mvn test, which editors run, has the SDK, the generated entry and JUnit on its class path", async () => {
  const root = join(folder, "gold");
  assert.equal((await delchain(["new", root, "--lang", "java"])).code, 0);
  assert.equal((await delchain(["build", "--project", root])).code, 0);
  const maven = promisify(execFile)("mvn", ["-B", "test"], { cwd: root, timeout: TIMEOUT_MS });
  assert.match((await maven).stdout, /Tests run: 2, Failures: 0/);
});

test("a machine without Java builds what has not changed, and is told how to get it for the rest", async () => {
  const root = project("bare", CALM);
  const bare = { JAVA_HOME: join(folder, "nowhere") };
  const missing = await delchain(["build", "--project", root], bare);
  assert.equal(missing.code, 69);
  assert.match(missing.said, /Java contracts need Java 17 or newer.*openjdk-17-jre-headless/);
  assert.equal((await delchain(["build", "--project", root])).code, 0);
  assert.equal((await delchain(["build", "--project", root], bare)).code, 0);
});
