import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { compileJava, ToolchainMissing } from "@delchain/java";

// What a build refuses, each with file, line and what to write instead. The compiler stops at the first kind of fault:
// Java's own rules, then what annotations ask for, then what classes may use, then what a @View may do.

/** The messages of a build that must fail, one a line, without the source that the compiler quotes. */
async function messages(files: Readonly<Record<string, string>>): Promise<readonly string[]> {
  try {
    await compileJava({ files });
  } catch (error) {
    const text = (error as Error).message;
    return text.split("\n").filter((line) => line.includes("error: "));
  }
  throw new Error("it compiles");
}

/** Members of a contract on lines 3, 4, … of `Bad.java`. */
function contract(...members: readonly string[]): Readonly<Record<string, string>> {
  const text = ["import org.delchain.*;", "@Contract class Bad {", ...members, "}"].join("\n");
  return { "Bad.java": text };
}

/** Each member alone would be refused; all are in one build, which names them all. */
const CALLS: readonly (readonly [code: string, refusal: string])[] = [
  [
    "System.currentTimeMillis()",
    "java.lang.System.currentTimeMillis is not for contracts: a call's time is its block's: Block.timestamp()",
  ],
  [
    "System.nanoTime()",
    "java.lang.System.nanoTime is not for contracts: a call's time is its block's: Block.timestamp()",
  ],
  [
    "new java.util.Date()",
    "java.util.Date is not for contracts: a call's time is its block's: Block.timestamp()",
  ],
  [
    "java.time.Instant.now()",
    "java.time.Instant.now is not for contracts: a call's time is its block's: Block.timestamp()",
  ],
  [
    "Math.random()",
    "java.lang.Math.random is not for contracts: a chain has no chance: take a seed as an argument, or hash Block and Message",
  ],
  ["new java.util.Random()", "java.util.Random is not for contracts: a chain has no chance"],
  [
    "java.util.UUID.randomUUID()",
    "java.util.UUID.randomUUID is not for contracts: a chain has no chance",
  ],
  [
    "new Thread()",
    "java.lang.Thread is not for contracts: a call runs on one thread: do one thing after the other",
  ],
  [
    "new java.util.concurrent.ConcurrentHashMap<String, String>()",
    "java.util.concurrent.ConcurrentHashMap is not for contracts: a call runs on one thread",
  ],
  [
    'new java.io.File("x")',
    "java.io.File is not for contracts: what stays is storage: Value, Mapping and Array",
  ],
  [
    'java.nio.file.Path.of("x")',
    "java.nio.file.Path.of is not for contracts: what stays is storage",
  ],
  [
    'java.net.URI.create("x")',
    "java.net.URI.create is not for contracts: a contract reaches others by a @ContractInterface",
  ],
  [
    "System.out",
    "java.lang.System.out is not for contracts: print with Host.log on a devnet, or leave an Event",
  ],
  [
    'System.getenv("x")',
    "java.lang.System.getenv is not for contracts: what a contract is told are arguments",
  ],
  [
    'System.getProperty("x")',
    "java.lang.System.getProperty is not for contracts: what a contract is told are arguments",
  ],
  [
    "Runtime.getRuntime()",
    "java.lang.Runtime.getRuntime is not for contracts: a call ends by returning or by throw new Revert(…)",
  ],
  [
    "System.identityHashCode(this)",
    "java.lang.System.identityHashCode is not for contracts: an object has no number of its own",
  ],
  [
    "getClass().getDeclaredMethods()",
    "java.lang.Class.getDeclaredMethods is not for contracts: nothing is known of classes when a contract runs",
  ],
  [
    "new java.util.ArrayList<String>().parallelStream()",
    "java.util.ArrayList.parallelStream is not for contracts: a call runs on one thread",
  ],
  [
    "java.util.Locale.getDefault()",
    "java.util.Locale.getDefault is not for contracts: what a contract is told are arguments",
  ],
  [
    'new java.util.Scanner("x")',
    "java.util.Scanner is not for contracts: contracts use java.lang's values and text, java.util, java.math and org.delchain",
  ],
];

test("what differs between machines is refused where it is used, with what to use instead", async () => {
  const members = CALLS.map(([code], i) => `@View String m${i}() { return "" + ${code}; }`);
  const found = await messages(contract(...members));
  assert.equal(found.length, CALLS.length);
  for (const [i, [code, refusal]] of CALLS.entries()) {
    assert.ok(found[i]?.startsWith(`Bad.java:${i + 3}: error: ${refusal}`), `${code}: ${found[i]}`);
  }
});

test("functions of floating point are refused, whole numbers' are not", async () => {
  const found = await messages(
    contract(
      "@View long f(long a) { return (long) Math.sqrt(a); }",
      "@View long g(long a) { return Math.max(Math.addExact(a, 1), Math.floorMod(a, 3L)); }",
    ),
  );
  assert.deepEqual(found, [
    "Bad.java:3: error: java.lang.Math.sqrt is not for contracts: a chain counts in whole numbers: U256, or long with a scale of your own",
  ]);
});

test("what the library lacks in this tier is refused with the line, not at run time", async () => {
  const found = await messages(contract("@View int f(int a) { return Integer.sum(a, a); }"));
  assert.deepEqual(found, ["Bad.java:3: error: Method java.lang.Integer.sum(II)I was not found"]);
});

test("statics that would be forgotten, native methods and lambdas that hide a clock are refused", async () => {
  const found = await messages({
    "Bad.java":
      "import org.delchain.*;\n@Contract class Bad {\n@View long f() { return Other.clock().getAsLong() + Other.count; }\n}",
    "Other.java":
      "class Other {\nstatic long count;\nstatic native void reach();\nstatic java.util.function.LongSupplier clock() {\nreturn System::nanoTime; }\n}",
  });
  assert.deepEqual(
    found.map((line) => line.replace(/ is not for.*| is forgotten.*| is native.*/, "")),
    [
      "Other.java:2: error: the static field count of Other",
      "Other.java:3: error: the method reach",
      "Other.java:5: error: java.lang.System.nanoTime",
    ],
  );
});

test("a @View method that writes is refused, by whatever way it writes", async () => {
  const found = await messages(
    contract(
      "record Seen(U256 a) implements Event {}",
      "@ContractInterface interface Other { @External void poke(); @View U256 look(); }",
      "Value<U256> total; Mapping<Address, U256> all;",
      "@View U256 get() { return total.get(); }",
      "@View void set() { total.set(U256.ONE); }",
      "@View void map(Address a) { helper(a); }",
      "private void helper(Address a) { all.set(a, U256.ONE); }",
      "@View void log() { Event.emit(new Seen(U256.ONE)); }",
      "@View void lambda() { Runnable later = () -> total.set(U256.ONE); later.run(); }",
      "@View void call(Address a) { new OtherAt(a).poke(); }",
      "@View void interface_(Address a) { Other other = new OtherAt(a); other.poke(); }",
      "@View U256 look(Address a) { return new OtherAt(a).look(); }",
    ),
  );
  const line = (at: number, method: string, way: string): string =>
    `Bad.java:${at}: error: the @View method ${method} changes state by ${way}: make it @External`;
  assert.deepEqual(found, [
    line(7, "set", "Value.set"),
    line(8, "map", "Mapping.set"),
    line(10, "log", "Event.emit"),
    line(11, "lambda", "Value.set"),
    line(12, "call", "Callee.call"),
    line(13, "interface_", "Callee.call"),
  ]);
});

const SHAPES: readonly (readonly [files: Readonly<Record<string, string>>, refusal: string])[] = [
  [{ "Bad.java": "class Bad {}" }, "error: no class is marked @Contract"],
  [contract("int count;"), "Bad.java:3: error: count is a field of a contract, so it is storage"],
  [
    contract("private Value<U256> count;"),
    "Bad.java:3: error: count is storage, which the build gives its slot",
  ],
  [
    contract("@View double f() { return 1; }"),
    "Bad.java:3: error: double has no word in Solidity's ABI here",
  ],
  [
    contract("@External void f(java.util.List<U256> a) {}"),
    "Bad.java:3: error: java.util.List<org.delchain.U256> has no word",
  ],
  [contract("@External void f(@Uint(72) long a) {}"), "Bad.java:3: error: 72 bits do not fit long"],
  [
    contract("@External void f(@Uint(8) Address a) {}"),
    "Bad.java:3: error: @Uint and @Int stand before a number",
  ],
  [contract("@External private void f() {}"), "Bad.java:3: error: f can be called from outside"],
  [contract("@Payable void f() {}"), "Bad.java:3: error: @Payable means nothing without @External"],
  [contract("@View @Payable void f() {}"), "Bad.java:3: error: a @View method changes nothing"],
  [
    contract("@Receive void a() {}", "@Receive void b() {}"),
    "Bad.java:4: error: a contract has at most one @Receive",
  ],
  [contract("Bad(int a) {}"), "Bad.java:2: error: a Java constructor runs before each call"],
  [
    contract(
      "record E(@Indexed U256 a, @Indexed U256 b, @Indexed U256 c, @Indexed U256 d) implements Event {}",
    ),
    "Bad.java:3: error: E has 4 indexed fields; a log takes 3",
  ],
  [contract("record R(R r) {}", "@View void f(R r) {}"), "Bad.java:3: error: R contains itself"],
  [
    { ...contract(), "Other.java": "@org.delchain.Contract class Other {}" },
    "Other.java:1: error: a program is one contract",
  ],
];

for (const [files, refusal] of SHAPES) {
  test(`refused: ${refusal}`, async () => {
    const found = await messages(files);
    assert.ok(found[0]?.startsWith(refusal), found.join("\n"));
  });
}

test("sources outside the project, or inside the SDK's package, are refused before anything runs", async () => {
  await assert.rejects(compileJava({ files: { "../A.java": "" } }), /no path of a Java source/);
  await assert.rejects(
    compileJava({ files: { "A.java": "package org.delchain.abi;\nclass A {}" } }),
    /A\.java is in the SDK's own package/,
  );
});

test("a machine without Java, or without Maven and jars, says what is missing and how to get it", async () => {
  const cache = mkdtempSync(join(tmpdir(), "delchain-java-test-"));
  const { PATH, JAVA_HOME } = process.env;
  const files = contract();
  const missing = (pattern: RegExp) => (error: unknown) =>
    error instanceof ToolchainMissing && pattern.test(error.message);
  try {
    process.env.JAVA_HOME = cache;
    await assert.rejects(
      compileJava({ files, cache }),
      missing(/bin\/java: Java contracts need Java 17 or newer.*openjdk-17-jre-headless/),
    );
    process.env.JAVA_HOME = JAVA_HOME ?? "/usr";
    process.env.PATH = cache;
    await assert.rejects(
      compileJava({ files, cache }),
      missing(/there is no mvn: .*Debian: maven/),
    );
  } finally {
    process.env.PATH = PATH;
    if (JAVA_HOME === undefined) delete process.env.JAVA_HOME;
    else process.env.JAVA_HOME = JAVA_HOME;
    rmSync(cache, { recursive: true, force: true });
  }
});

test("builds that begin together on a machine that has nothing yet all succeed", async () => {
  const cache = mkdtempSync(join(tmpdir(), "delchain-java-test-"));
  try {
    const files = contract("@View int one() { return 1; }");
    const built = await Promise.all([1, 2].map(() => compileJava({ files, cache })));
    assert.deepEqual(built[0], built[1]);
    // A jar that somebody changed is brought again.
    const folder = readdirSync(cache).find((name) => name.startsWith("jars-")) ?? "";
    const jar = join(cache, folder, "ecj-3.38.0.jar");
    writeFileSync(jar, "no jar");
    assert.deepEqual(await compileJava({ files, cache }), built[0]);
    assert.ok(readFileSync(jar).length > 1_000_000);
  } finally {
    rmSync(cache, { recursive: true, force: true });
  }
});
