import assert from "node:assert/strict";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { InvalidInput } from "@delchain/runtime";
import { type JavaRoot, openJavaRoot } from "../probe/javaRoot.ts";
import { compileClasses, compileJava, verifyClasses } from "./compile.ts";

/** What a contract may not do: a name, the members of a class, and what its refusal says. */
const HOSTILE: readonly (readonly [string, string, string])[] = [
  ["Nanos", "long x() { return System.nanoTime(); }", "java.lang.System.nanoTime"],
  ["Millis", "long x() { return System.currentTimeMillis(); }", "java.lang.System.currentTimeMillis"],
  ["Environment", 'String x() { return System.getenv("HOME"); }', "java.lang.System.getenv"],
  ["Property", 'String x() { return System.getProperty("a"); }', "java.lang.System.getProperty"],
  ["SetProperty", 'void x() { System.setProperty("a", "b"); }', "java.lang.System.setProperty"],
  ["Exit", "void x() { System.exit(1); }", "java.lang.System.exit"],
  ["Halt", "void x() { Runtime.getRuntime().halt(1); }", "java.lang.Runtime.getRuntime"],
  ["Unseeded", "int x() { return new java.util.Random().nextInt(); }", "java.util.Random.<init>"],
  ["Dice", "double x() { return Math.random(); }", "java.lang.Math.random"],
  ["Secure", "int x() { return new java.security.SecureRandom().nextInt(); }", "java.security.SecureRandom"],
  ["Uuid", "Object x() { return java.util.UUID.randomUUID(); }", "java.util.UUID.randomUUID"],
  ["Shuffle", "void x(java.util.List<String> a) { java.util.Collections.shuffle(a); }", "java.util.Collections.shuffle"],
  ["Threads", "void x() { new Thread(() -> {}).start(); }", "java.lang.Thread.start"],
  ["OwnThread", "static class T extends Thread {}", "java.lang.Thread"],
  ["Executor", "void x() { java.util.concurrent.Executors.newCachedThreadPool(); }", "java.util.concurrent.Executors.newCachedThreadPool"],
  ["Future", "void x() { java.util.concurrent.CompletableFuture.runAsync(() -> {}); }", "java.util.concurrent.CompletableFuture.runAsync"],
  ["Parallel", "int x(java.util.List<Integer> a) { return a.parallelStream().mapToInt(i -> i).sum(); }", "java.util.List.parallelStream"],
  ["ParallelToo", "int x(java.util.stream.IntStream a) { return a.parallel().sum(); }", "java.util.stream.IntStream.parallel"],
  ["ParallelSort", "void x(int[] a) { java.util.Arrays.parallelSort(a); }", "java.util.Arrays.parallelSort"],
  ["Inherited", "static class L extends java.util.ArrayList<String> { Object x() { return parallelStream(); } }", "java.util.ArrayList.parallelStream"],
  ["ByReference", "java.util.function.LongSupplier x() { return System::nanoTime; }", "java.lang.System.nanoTime"],
  ["Identity", "int x(Object a) { return System.identityHashCode(a); }", "java.lang.System.identityHashCode"],
  ["DefaultLocale", "void x() { java.util.Locale.setDefault(java.util.Locale.ROOT); }", "java.util.Locale.setDefault"],
  ["DefaultZone", "void x() { java.util.TimeZone.setDefault(null); }", "java.util.TimeZone.setDefault"],
  ["Wall", "Object x() { return java.time.Instant.now(); }", "java.time.Instant.now"],
  ["OldDate", "Object x() { return new java.util.Date(); }", "java.util.Date"],
  ["Files", 'Object x() throws Exception { return java.nio.file.Files.readString(java.nio.file.Path.of("/a")); }', "java.nio.file.Path.of"],
  ["OldFile", 'boolean x() { return new java.io.File("/a").exists(); }', "java.io.File"],
  ["Writes", 'Object x() throws Exception { return new java.io.FileOutputStream("/tmp/a"); }', "java.io.FileOutputStream"],
  ["Network", 'Object x() throws Exception { return new java.net.Socket("a", 1); }', "java.net.Socket"],
  ["Starts", 'Object x() throws Exception { return new ProcessBuilder("sh").start(); }', "java.lang.ProcessBuilder"],
  ["Native", "native void x();", "a native method"],
  ["Library", 'void x() { System.loadLibrary("a"); }', "java.lang.System.loadLibrary"],
  ["Finalizer", "protected void finalize() {}", "a finalizer"],
  ["Reflects", 'Object x() throws Exception { return Class.forName("java.lang.System").getMethod("nanoTime").invoke(null); }', "java.lang.Class.forName"],
  ["Handles", "Object x() { return java.lang.invoke.MethodHandles.lookup(); }", "java.lang.invoke.MethodHandles.lookup"],
  ["Loader", "static class L extends ClassLoader {}", "java.lang.ClassLoader"],
  ["ItsLoader", "Object x() { return getClass().getClassLoader(); }", "java.lang.Class.getClassLoader"],
  ["Waits", "void x() throws Exception { synchronized (this) { wait(1); } }", "java.lang.Object.wait"],
  ["WaitsElsewhere", "void x() throws Exception { new java.util.ArrayList<String>().wait(1); }", "java.lang.Object.wait"],
  ["Interned", 'boolean x(String a) { return a.intern() == a; }', "java.lang.String.intern"],
  ["Weak", "Object x() { return new java.lang.ref.WeakReference<>(this); }", "java.lang.ref.WeakReference"],
  ["WeakMap", "Object x() { return new java.util.WeakHashMap<>(); }", "java.util.WeakHashMap"],
  ["Local", "static final ThreadLocal<String> L = new ThreadLocal<>();", "java.lang.ThreadLocal"],
  ["Unsafe", "Object x() { return sun.misc.Unsafe.class; }", "sun.misc.Unsafe"],
  ["Serial", "Runnable x() { return (Runnable & java.io.Serializable) () -> {}; }", "linked at run time by java.lang.invoke.LambdaMetafactory.altMetafactory"],
  ["Direct", "Object x() { return java.nio.ByteBuffer.allocateDirect(1); }", "java.nio.ByteBuffer.allocateDirect"],
  ["Machine", "Object x() { return java.nio.ByteOrder.nativeOrder(); }", "java.nio.ByteOrder.nativeOrder"],
  ["Guarded", "void x() { org.delchain.container.Guard.pass(null); }", "org.delchain.container.Guard.pass"],
];

const HOSTILE_AT_ONCE = 8;

describe("the verifier of Java contracts", () => {
  let root: JavaRoot | undefined;
  let folder = "";
  let classes = "";
  /** All lines about the hostile classes. */
  const said: string[] = [];

  const runtime = () => root?.runtime ?? assert.fail("Java is not there");

  /** Puts class files into a folder of their own and returns what the verifier says, empty when they pass. */
  async function verified(files: Readonly<Record<string, Uint8Array>>): Promise<string> {
    const own = await mkdtemp(join(folder, "one-"));
    for (const [name, bytes] of Object.entries(files)) await writeFile(join(own, name), bytes);
    try {
      await verifyClasses(runtime(), own);
      return "";
    } catch (error) {
      assert.ok(error instanceof InvalidInput, String(error));
      return error.message;
    }
  }

  before(async () => {
    root = await openJavaRoot();
    folder = await mkdtemp(join(tmpdir(), "delchain-verifier-"));
    const sources = HOSTILE.map(([name, body]) => [
      `${name}.java`,
      `// line 1\npublic class ${name} {\n${body}\n}\n`,
    ]);
    sources.push(["Plain.java", "public class Plain {}\n"]);
    await mkdir(join(folder, "hostile"));
    const into = join(folder, "hostile");
    classes = await compileClasses(runtime(), Object.fromEntries(sources), into);
    // Few enough at a time that none is counted instead of shown.
    const names = (await readdir(classes)).filter((name) => name !== "Plain.class");
    while (names.length > 0) {
      const some = names.splice(0, HOSTILE_AT_ONCE).map(async (name) => {
        return [name, await readFile(join(classes, name))] as const;
      });
      said.push(...(await verified(Object.fromEntries(await Promise.all(some)))).split("\n"));
    }
  });
  after(async () => {
    await root?.remove();
    await rm(folder, { recursive: true });
  });

  const classFile = (name: string) => readFile(join(classes, `${name}.class`));

  for (const [name, body, what] of HOSTILE) {
    test(`a contract is refused that does this: ${body}`, () => {
      const found = said.find((line) => line.startsWith(name) && line.includes(`: ${what}; `));
      assert.ok(found, said.filter((line) => line.startsWith(name)).join("\n"));
      assert.match(found, new RegExp(`^${name}[.$]\\S+ \\(${name}\\.java(:3)?\\): .+; .+$`));
    });
  }

  test("what javac writes for ordinary Java passes", async () => {
    const source = await readFile(new URL("../probe/java/Ordinary.java", import.meta.url), "utf8");
    const sources = { "Ordinary.java": source };
    assert.ok((await compileJava(runtime(), { main: "Ordinary", sources })).length > 8);
  });

  test("class files that are none, are newer than Java 17, or lie under another name are refused", async () => {
    const plain = await classFile("Plain");
    const newer = Buffer.from(plain);
    newer.writeUInt16BE(62, 6);
    assert.equal(await verified({ "Plain.class": plain }), "");
    assert.match(await verified({ "Plain.class": newer }), /newer than 17|no class file/);
    assert.match(await verified({ "Plain.class": plain.subarray(0, 40) }), /no class file of Java 17/);
    assert.match(await verified({ "Plain.class": Buffer.from("text") }), /no class file of Java 17/);
    assert.match(await verified({ "Other.class": plain }), /^Other\.class: it holds the class Plain; /);
  });

  test("a contract brings no classes of Java's and none of the launcher's", async () => {
    for (const [name, inside] of [
      ["java", "java/lang/Helper"],
      ["launcher", "org/delchain/container/Exit"],
    ] as const) {
      const own = join(folder, name);
      const at = join(own, inside.slice(0, inside.lastIndexOf("/")));
      await mkdir(at, { recursive: true });
      const bytes = renamed(await classFile("Plain"), "Plain", inside);
      await writeFile(join(own, `${inside}.class`), bytes);
      await assert.rejects(verifyClasses(runtime(), own), /a contract has no classes in this package/);
    }
  });

  test("more classes and larger ones than a contract has are refused with the limit", async () => {
    const many = join(folder, "many");
    await mkdir(many);
    const plain = await classFile("Plain");
    for (let i = 0; i <= 1024; i++) await writeFile(join(many, `Plain${i}.class`), plain);
    await assert.rejects(verifyClasses(runtime(), many), /at most 1,024 classes/);
    const large = { "Plain.class": Buffer.alloc(1024 * 1024 + 1) };
    assert.match(await verified(large), /Plain\.class has more than 1 MiB; split the class/);
  });

  test("the first twenty refusals are shown and the others counted", async () => {
    const all = join(folder, "all");
    await cp(classes, all, { recursive: true });
    await assert.rejects(verifyClasses(runtime(), all), (error: InvalidInput) => {
      const lines = error.message.split("\n");
      assert.equal(lines.length, 22);
      assert.match(lines[20] ?? "", /^and \d+ more$/);
      return true;
    });
  });
});

/** The class under another name: its only constants of that text are the name and the name of its source. */
function renamed(bytes: Uint8Array, from: string, to: string): Uint8Array {
  const text = Buffer.from(bytes);
  const constant = (name: string): Buffer =>
    Buffer.concat([Buffer.from([1, 0, name.length]), Buffer.from(name)]);
  const at = text.indexOf(constant(from));
  assert.ok(at >= 0);
  const end = at + constant(from).length;
  return Buffer.concat([text.subarray(0, at), constant(to), text.subarray(end)]);
}
