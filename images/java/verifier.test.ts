import assert from "node:assert/strict";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { InvalidInput } from "@delchain/runtime";
import { HOSTILE } from "../probe/hostileJava.ts";
import { type JavaRoot, openJavaRoot } from "../probe/javaRoot.ts";
import { compileClasses, compileJava, verifyClasses } from "./compile.ts";
import type { JavaRuntime } from "./runtime.ts";

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
    const { classes } = await compileJava(runtime(), { main: "Ordinary", sources });
    assert.ok(classes.length > 8);
  });

  describeClassFiles(() => ({ runtime: runtime(), folder, classes, verified, classFile }));
});

/** What the tests of class files work with. */
type Workplace = {
  readonly runtime: JavaRuntime;
  readonly folder: string;
  readonly classes: string;
  verified(files: Readonly<Record<string, Uint8Array>>): Promise<string>;
  classFile(name: string): Promise<Buffer>;
};

function describeClassFiles(at: () => Workplace): void {
  test("class files that are none, are newer than Java 17, or lie under another name are refused", async () => {
    const plain = await at().classFile("Plain");
    const newer = Buffer.from(plain);
    newer.writeUInt16BE(62, 6);
    assert.equal(await at().verified({ "Plain.class": plain }), "");
    assert.match(await at().verified({ "Plain.class": newer }), /newer than 17|no class file/);
    assert.match(
      await at().verified({ "Plain.class": plain.subarray(0, 40) }),
      /no class file of Java 17/,
    );
    assert.match(
      await at().verified({ "Plain.class": Buffer.from("text") }),
      /no class file of Java 17/,
    );
    assert.match(
      await at().verified({ "Other.class": plain }),
      /^Other\.class: it holds the class Plain; /,
    );
  });

  test("a contract brings no classes of Java's and none of the launcher's", async () => {
    for (const [name, inside] of [
      ["java", "java/lang/Helper"],
      ["launcher", "org/delchain/container/Exit"],
    ] as const) {
      const own = join(at().folder, name);
      const parent = join(own, inside.slice(0, inside.lastIndexOf("/")));
      await mkdir(parent, { recursive: true });
      const bytes = renamed(await at().classFile("Plain"), "Plain", inside);
      await writeFile(join(own, `${inside}.class`), bytes);
      await assert.rejects(
        verifyClasses(at().runtime, own),
        /a contract has no classes in this package/,
      );
    }
  });

  test("more classes and larger ones than a contract has are refused with the limit", async () => {
    const many = join(at().folder, "many");
    await mkdir(many);
    const plain = await at().classFile("Plain");
    for (let i = 0; i <= 1024; i++) await writeFile(join(many, `Plain${i}.class`), plain);
    await assert.rejects(verifyClasses(at().runtime, many), /at most 1,024 classes/);
    const large = { "Plain.class": Buffer.alloc(1024 * 1024 + 1) };
    assert.match(await at().verified(large), /Plain\.class has more than 1 MiB; split the class/);
  });

  test("the first twenty refusals are shown and the others counted", async () => {
    const all = join(at().folder, "all");
    await cp(at().classes, all, { recursive: true });
    await assert.rejects(verifyClasses(at().runtime, all), (error: InvalidInput) => {
      const lines = error.message.split("\n");
      assert.equal(lines.length, 22);
      assert.match(lines[20] ?? "", /^and \d+ more$/);
      return true;
    });
  });
}

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
